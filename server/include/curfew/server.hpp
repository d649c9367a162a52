// The server: listens, runs loops, ends in order.
#pragma once

#include <curfew/router.hpp>
#include <curfew/server_options.hpp>

#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace curfew {

/// Serves a router's routes over HTTP/1.1.
///
/// Each thread has a loop and listeners of its own; a request stays on the thread that accepted its connection.
/// `/healthz` and `/readyz` are answered too, unless the router has them.
///
/// Thread safety: `stop` is safe from any thread and from signal-free callbacks; all else from one thread at a time.
class server {
public:
    /// Errors: those of `router`, and `std::invalid_argument` for a malformed address.
    explicit server(router routes, server_options options = {});
    ~server();
    server(const server&)            = delete;
    server& operator=(const server&) = delete;

    /// Opens the listeners, so that `local_endpoints` are known before `run`. `run` and `serve` do it if it was not done.
    ///
    /// Errors: `std::system_error`, such as `listen 0.0.0.0:8080: address already in use`.
    void listen();

    /// Serves until SIGTERM, SIGINT or `stop()`, then drains.
    ///
    /// The first signal drains, the second one kills the process, as it would without a handler. What else a loop throws is
    /// logged and counted, and the loop goes on.
    ///
    /// Returns: an exit code: 0 if every request that was begun was answered or left by its client, else 1.
    /// Errors:  see `listen`; `std::invalid_argument` if there is nothing to listen on.
    int run();

    /// Serves on a loop of one's own, and returns at once. `options.threads` and `options.handle_signals` are not used.
    ///
    /// Preconditions: `io` is run by one thread at a time. The server is destroyed on that thread, or when nobody runs it,
    ///                and before `io`.
    void serve(boost::asio::io_context& io);

    /// Begins to drain: see `drain_options`. `run` returns when that is over; a loop of one's own runs out of work.
    void stop() noexcept;

    /// Where it listens, in the order of the options, with the ports that the kernel chose.
    std::vector<std::string> local_endpoints() const;
    /// Where the admin listener is, with its port; empty if there is none.
    std::string admin_endpoint() const;

private:
    class implementation;
    std::shared_ptr<implementation> self_;
};

}  // namespace curfew
