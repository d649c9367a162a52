// Redis under a context: commands share one connection for each loop, blocking ones have their own.
#pragma once

#include <curfew/adapters/redis/error.hpp>
#include <curfew/adapters/redis/options.hpp>
#include <curfew/adapters/redis/pipeline.hpp>
#include <curfew/adapters/redis/reply.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace curfew::redis {

namespace detail {
class client_core;
class outcome;
}  // namespace detail

using curfew::detail::context_here;

/// A Redis server.
///
/// Used from any loop. Each loop has one connection of its own, which all its commands share, one behind the other without
/// waiting for replies; it is made at the first command, and again when it has broken. A command that blocks in the server
/// (BLPOP, XREAD with BLOCK and the like) is recognized and sent on a connection that nobody else uses.
///
/// The destructor ends what is under way with `errc::closed`, and returns at once.
/// Thread safety: distinct objects: safe. Shared objects: safe.
///
/// @code
/// redis::client cache({.host = "10.0.0.7"});
/// co_await cache.command(ctx, "SET", "greeting", "hello", "EX", 60);
/// const auto greeting = co_await cache.command(ctx, "GET", "greeting");
/// @endcode
class client {
public:
    /// Connects nowhere yet.
    /// Errors: throws `std::invalid_argument` for options that make no sense.
    explicit client(options settings);
    client(const client&)            = delete;
    client& operator=(const client&) = delete;
    ~client();

    /// Sends one command and waits for its reply. Arguments are texts or integers.
    ///
    /// Completes:    with the reply; or soon after a cancel.
    /// Returns:      the reply, also if `ctx` ended when it had been read already.
    /// Errors:       throws `context_error` if `ctx` ended first; `error` for an error that the server replied, a server that
    ///               cannot be reached (the system's code), or one of `errc`. `std::invalid_argument` for a
    ///               command that changes the connection for others (MULTI, SUBSCRIBE, SELECT …).
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type). A command that has not been sent is not sent. Of one
    ///               that has, the reply is skipped when it comes: the server executes it all the same, as it cannot be
    ///               told. A blocking command ends: its connection is closed.
    /// Threads:      on the loop of `ctx`.
    template <class... A>
    task<reply> command(context_here ctx, std::string_view name, const A&... arguments)
    {
        return send(std::move(ctx), detail::words(name, arguments...));
    }

    /// The same without an exception: gives the error, and the reply if there is none.
    template <class... A>
    task<std::tuple<error_code, reply>> command(context_here ctx, decltype(nothrow)&, std::string_view name,
                                                const A&... arguments)
    {
        return send_nothrow(std::move(ctx), detail::words(name, arguments...));
    }

    /// Sends several commands at once and waits for all replies. Those of others do not come in between.
    ///
    /// Returns: the replies, in order. One that is an error says so itself (`is_error`), and is not thrown.
    /// Errors, Cancellation: as `command`; a blocking command is refused with `std::invalid_argument`.
    task<std::vector<reply>> run(context_here ctx, pipeline commands);

    /// The same in a transaction, MULTI and EXEC: the server executes all of them, or none.
    ///
    /// Errors: as `run`; also `error` with `errc::server` if the server refused one of them, and so executed none.
    task<std::vector<reply>> transact(context_here ctx, pipeline commands);

private:
    task<reply>                         send(context_here ctx, std::vector<std::string> words);
    task<std::tuple<error_code, reply>> send_nothrow(context_here ctx, std::vector<std::string> words);

    std::shared_ptr<detail::client_core> core_;
};

}  // namespace curfew::redis
