// A server within the test: real routes and connections, memory for a network, a clock turned by hand.
#pragma once

#include <curfew/fields.hpp>
#include <curfew/method.hpp>
#include <curfew/outcome.hpp>
#include <curfew/router.hpp>
#include <curfew/server_options.hpp>
#include <curfew/testing/answer.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/memory_connection.hpp>
#include <curfew/testing/test_loop.hpp>

#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace curfew::testing {

/// Serves a router on one loop of a manual clock, with connections in memory.
///
/// The destructor drains as `shut_down` does, then fails the test if a request or a connection is left, or anything else
/// that `test_loop` looks for, naming where it was made.
/// Thread safety: none; the test's thread does everything, handlers included.
class test_server {
public:
    /// `options`: `listen`, `admin`, `threads` and `handle_signals` are not used.
    /// Errors: those of `router`.
    explicit test_server(router routes, server_options options = {},
                         std::source_location where = std::source_location::current());
    ~test_server();
    test_server(const test_server&)            = delete;
    test_server& operator=(const test_server&) = delete;

    // ---- whole requests

    /// Sends a request on a connection of its own, and returns the answer.
    ///
    /// Time moves on to whatever is due next until the answer is complete, so a handler that sleeps takes no time.
    /// The connection is closed then; `connect` is for clients that stay. If there is no answer within an hour of the clock,
    /// the test fails and the answer is empty.
    answer send(method m, std::string_view target, std::string_view body = {}, const fields& more = {},
                std::source_location where = std::source_location::current());
    answer get(std::string_view target, const fields& more = {},
               std::source_location where = std::source_location::current())
    {
        return send(method::get, target, {}, more, where);
    }

    // ---- connections

    /// Connects a client; a server that drains closes the connection at once.
    memory_connection connect(std::source_location where = std::source_location::current());

    // ---- time and turns

    manual_clock& clock() noexcept;
    test_loop&    loop() noexcept;
    void          advance(duration d) { clock().advance(d); }
    void          run_ready() { loop().run_ready(); }

    /// While it lives, what clients do is not served at once: for events that fall into the same turn, and to go through
    /// the handlers of the loop one by one (`loop().run_one()`).
    class hold {
    public:
        explicit hold(test_server& server) noexcept;
        ~hold();
        hold(const hold&)            = delete;
        hold& operator=(const hold&) = delete;

    private:
        test_server& server_;
    };

    // ---- what became of it

    /// The records of the requests that are over, in that order. A head that was refused leaves none.
    const std::vector<request_record>& records() const noexcept;
    /// The latest of them. Precondition: there is one.
    const request_record& last_record() const { return records().back(); }
    /// Requests that are being handled, and connections.
    std::size_t inflight() const noexcept;
    std::size_t connections() const noexcept;

    /// Drains, as a server that was told to end does, turning the clock as far as it takes.
    ///
    /// Returns: true if every request that was begun was answered or left by its client: `server::run` would return 0.
    bool shut_down();

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

}  // namespace curfew::testing
