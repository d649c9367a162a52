// Work that a cancel must not interrupt.
#pragma once

#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/protection.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace curfew {

/// Runs `f(protected_ctx, args...)` to its end, although `ctx` ends or has ended.
///
/// For the clean-up that has to happen: a rollback, a farewell. `protected_ctx` keeps the values and the trace ID of
/// `ctx`; its own deadline, `bound` from now, is all that ends it. The server does not count a handler inside a shield
/// as a straggler while only the client has gone.
///
/// Completes:    when `f` has returned.
/// Returns:      what `f` returned.
/// Errors:       what `f` throws; `context_error` with `deadline_exceeded` if the bound stopped it.
/// Cancellation: neither `ctx` nor canceling the awaiting coroutine has any effect.
/// Threads:      `f` runs on the caller's executor.
/// Lifetime:     `f` is borrowed until completion: name it before the `co_await`. `args` are kept by value.
template <class F, class... A>
auto shield(detail::context_here ctx, duration bound, F& f, A... args)
    -> task<detail::awaited_result<F, context, A...>>
{
    using namespace boost::asio;
    using result      = detail::awaited_result<F, context, A...>;
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the join must be reached

    const detail::shield_count counted(ctx.ctx);
    const auto scope = std::make_shared<detail::child_scope>(detail::protected_context(ctx, bound, "shield"),
                                                             co_await this_coro::executor);
    scope->ignore_awaiting_side();
    std::optional<detail::stored<result>> returned;
    scope->start(0, f, &returned, std::move(args)...);
    if (scope->running()) co_await scope->join();

    co_await this_coro::throw_if_cancelled(throws);
    scope->rethrow_first();
    if constexpr (!std::is_void_v<result>) co_return std::move(*returned);
}

}  // namespace curfew
