// Looks up host names on threads of its own, since the system's resolver blocks and cannot be interrupted.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace curfew::detail {

/// What a look-up gave.
struct found_host {
    std::string                           error;  ///< Why there is no address; empty if there are some.
    std::vector<boost::asio::ip::address> addresses;
};

/// Asks the system (`getaddrinfo`). Blocks.
found_host ask_system(const std::string& host);

/// A few threads that look names up, for all loops of a client.
///
/// Threads are started when they are needed, and end a while after. A look-up that hangs delays those behind it and
/// nobody else: whoever waits may leave, and destroying the resolver does not wait.
/// Thread safety: all functions, from any thread.
class name_resolver {
public:
    using lookup     = std::function<found_host(const std::string& host)>;
    using completion = std::function<void(found_host)>;

    /// `how`: called on the threads, several at a time.
    name_resolver(std::size_t threads, std::size_t waiting, lookup how = ask_system);
    ~name_resolver();
    name_resolver(const name_resolver&)            = delete;
    name_resolver& operator=(const name_resolver&) = delete;

    /// Calls `done` on one of the threads; never if the resolver is destroyed before the look-up began.
    ///
    /// Returns: false if too many wait already; `done` is not called then.
    bool resolve(std::string host, completion done);

private:
    struct shared;
    static void work(const std::shared_ptr<shared>& with);

    std::shared_ptr<shared> shared_;
};

}  // namespace curfew::detail
