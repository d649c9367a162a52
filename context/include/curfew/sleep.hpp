// Waiting for time to pass, under a context.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/sleep_operation.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <exception>
#include <source_location>
#include <type_traits>

namespace curfew {

/// The completion token of the non-throwing forms: `auto [ec] = co_await sleep_for(ctx, 50ms, nothrow);`
///
/// An exception that passes three awaitables costs 13–23 µs; use this where a cancel is a usual end.
inline constexpr auto nothrow = boost::asio::as_tuple(boost::asio::deferred);

/// Waits until `when` by the clock of the context's loop, or until `ctx` ends.
///
/// Errors:       throws `context_error` if `ctx` ends first, or has ended before.
/// Cancellation: canceling `ctx` or the awaiting coroutine (any type), unless that has disabled its own cancellation.
/// Threads:      started from any; completes on the handler's executor, by default that of the context's loop.
inline auto sleep_until(const context& ctx, time_point when,
                        std::source_location where = std::source_location::current())
{
    using signature = void(std::exception_ptr);
    return boost::asio::async_initiate<const boost::asio::deferred_t, signature>(
        detail::sleep_initiation<signature>(detail::node_ptr<detail::node>::share(ctx.life()), when, where),
        boost::asio::deferred);
}

/// The same with a completion token; completes with an error code: `ctx.error()`, or none when the time is up.
template <class Token>
auto sleep_until(const context& ctx, time_point when, Token&& token,
                 std::source_location where = std::source_location::current())
{
    using signature = void(error_code);
    return boost::asio::async_initiate<Token, signature>(
        detail::sleep_initiation<signature>(detail::node_ptr<detail::node>::share(ctx.life()), when, where), token);
}

/// Waits for `d`, counted from the call: `sleep_until` at now + `d`.
inline auto sleep_for(const context& ctx, duration d, std::source_location where = std::source_location::current())
{
    return sleep_until(ctx, detail::time_after(ctx.life(), d), where);
}

/// The same with a completion token; completes with an error code: `ctx.error()`, or none when the time is up.
template <class Token>
auto sleep_for(const context& ctx, duration d, Token&& token,
               std::source_location where = std::source_location::current())
{
    return sleep_until(ctx, detail::time_after(ctx.life(), d), std::forward<Token>(token), where);
}

}  // namespace curfew
