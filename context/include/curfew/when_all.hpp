// Several functions at once, all of them awaited.
#pragma once

#include <curfew/detail/child_scope.hpp>

#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace curfew {

/// What the coroutine function `F` returns when it is called with a context; `std::monostate` for nothing.
template <class F>
using task_result_t = detail::stored<detail::awaited_result<F, context>>;

/// Runs several functions concurrently and waits for all of them.
///
/// Each is called with a child of `ctx`. If one fails, the others are canceled with cause kind `sibling_failed` (whose
/// `error()` is that failure) and awaited, and the first failure is rethrown. Nothing started here outlives the call.
///
/// Preconditions: `fs` return `task<T>`. On a thread pool, the caller runs on a strand.
/// Completes:     when every function has returned, even if `ctx` ends earlier.
/// Returns:       the results, in argument order; `std::monostate` for a function without one. What has been returned
///                is delivered, even if `ctx` has ended meanwhile.
/// Errors:        the first exception thrown by a function; `context_error` if `ctx` has ended before the call, and then
///                no function is called. Later errors are logged.
/// Cancellation:  canceling `ctx` or the awaiting coroutine (any type) cancels every function.
/// Threads:       functions run on the caller's executor; on a strand they interleave and never overlap.
/// Lifetime:      `fs` are borrowed until completion: name them before the `co_await`.
///
/// @code
/// auto user   = [&](context c) { return api.get_json(c, "/users/7"); };
/// auto orders = [&](context c) { return api.get_json(c, "/orders?user=7"); };
/// auto results = co_await when_all(ctx, user, orders);
/// auto& [u, o] = results;
/// @endcode
template <class... F>
task<std::tuple<task_result_t<F>...>> when_all(detail::context_here ctx, F&... fs)
{
    using namespace boost::asio;
    ctx.ctx.throw_if_done();
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the join must be reached

    const auto scope = std::make_shared<detail::child_scope>(detail::scope_context(ctx, "when_all"),
                                                             co_await this_coro::executor);
    std::tuple<std::optional<task_result_t<F>>...> results;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (scope->start(I, fs, &std::get<I>(results)), ...);
    }(std::index_sequence_for<F...>{});
    if (scope->running()) co_await scope->join();

    co_await this_coro::throw_if_cancelled(throws);
    scope->rethrow_first();
    co_return std::apply([](auto&... each) { return std::tuple<task_result_t<F>...>(std::move(*each)...); }, results);
}

}  // namespace curfew
