// The addresses of hosts, as one loop knows them.
#pragma once

#include "name_resolver.hpp"

#include <curfew/client_options.hpp>
#include <curfew/clock.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/task.hpp>

#include <boost/asio/ip/address.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace curfew::detail {

/// Resolves names, and remembers them for a while. Those who ask for the same name share one look-up.
///
/// Touched on its loop's thread only.
class host_cache : public std::enable_shared_from_this<host_cache> {
public:
    using addresses = std::vector<boost::asio::ip::address>;

    host_cache(loop& on, const resolver_options& options, std::shared_ptr<name_resolver> resolver);
    ~host_cache();
    host_cache(const host_cache&)            = delete;
    host_cache& operator=(const host_cache&) = delete;

    /// Gives the addresses of a host, in the order in which to try them.
    ///
    /// A numeric address is its own. Whoever is canceled leaves at once; the look-up goes on, and its result is kept.
    /// Errors: `client_error` of the phase `resolve`, naming `origin`; the context's error if `ctx` ends.
    task<addresses> resolve(const context& ctx, std::string host, std::string origin);

    /// The io_context goes: destroys the coroutines that wait.
    void abandon() noexcept;

private:
    struct waiting_call;
    struct entry {
        bool                                       asking = false;
        time_point                                 until;
        addresses                                  known;
        std::vector<std::shared_ptr<waiting_call>> waiting;
    };

    bool ask(const std::string& host, entry& to);
    void finish(const std::string& host, found_host result);
    void forget_old(time_point now);

    loop&                          loop_;
    resolver_options               options_;
    std::shared_ptr<name_resolver> resolver_;
    std::map<std::string, entry>   hosts_;
};

}  // namespace curfew::detail
