// What a client object and its connections share.
#pragma once

#include <curfew/adapters/redis/options.hpp>
#include <curfew/detail/loop.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace curfew::redis::detail {

class station;

/// Thread safety: everything from any thread.
class client_core : public std::enable_shared_from_this<client_core> {
public:
    explicit client_core(options settings);

    const options& settings() const noexcept { return settings_; }
    /// For messages: `127.0.0.1:6379`, or the path of the socket.
    std::string address() const;

    /// The station of a loop, made if there is none; null once the client is closed.
    std::shared_ptr<station> station_of(curfew::detail::loop& on);
    /// The loop is going: another one may have its address later.
    void forget(curfew::detail::loop& gone) noexcept;
    void close();

private:
    const options                                             settings_;
    std::mutex                                                mutex_;
    bool                                                      closed_ = false;
    std::map<curfew::detail::loop*, std::shared_ptr<station>> stations_;
};

}  // namespace curfew::redis::detail
