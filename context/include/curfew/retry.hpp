// Trying again, within the deadline.
#pragma once

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/detail/error_mapping.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/retry_pause.hpp>
#include <curfew/retry_budget.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew {

/// How often to try, and how long to wait in between.
///
/// A class, as it is passed to an awaitable: name it, change what is to differ from the defaults, pass it.
class retry_policy {
public:
    retry_policy() {}

    /// How many attempts in all. Default: 3. 1 or less: no retry.
    int attempts = 3;
    /// The pause before the second attempt is random between zero and this, and twice that for each further one…
    /// Default: 50 ms.
    duration first_pause = std::chrono::milliseconds(50);
    /// … up to this. Default: 2 s.
    duration longest_pause = std::chrono::seconds(2);
    /// How long one attempt may take. Default: zero, as long as the context has.
    duration attempt_timeout = duration::zero();
    /// Which errors are worth another attempt. Default: `is_transient`.
    std::function<bool(const std::exception_ptr&)> retryable = is_transient;
    /// What all calls to the same origin have for retries. Default: null, no bound but `attempts`.
    std::shared_ptr<retry_budget> budget;
    /// Chooses the pause, between zero and `most`. Default: any of them, evenly ("full jitter").
    std::function<duration(duration most)> jitter = detail::random_up_to;

    /// True for a `system_error`: a refused connection, one that broke, an attempt that took too long. False for every
    /// other exception, as it would be thrown again.
    static bool is_transient(const std::exception_ptr& error);
};

/// Calls `f(attempt_ctx)` until it succeeds, all within the deadline of `ctx`.
///
/// `attempt_ctx` is a child of `ctx` that ends after `policy.attempt_timeout`, and with the attempt. There is no pause
/// that would not end before the deadline: the error is then thrown at once. A context that has ended is not retried.
///
/// Preconditions: `f` returns `task<T>`, and may be called more than once.
/// Completes:     when an attempt has succeeded, or the last one has failed.
/// Returns:       what `f` returned.
/// Errors:        what the last attempt threw; `context_error` if `ctx` ends during a pause, or has ended before, and
///                then `f` is not called.
/// Cancellation:  canceling `ctx` or the awaiting coroutine (any type) ends the attempt, or the pause. Raw operations in
///                `f` obey the attempt's context.
/// Threads:       `f` runs on the caller's executor.
/// Lifetime:      `f` is borrowed until completion: name it before the `co_await`.
///
/// @code
/// auto read = [&](context c) { return api.get_json(c, "/prices"); };
/// auto prices = co_await retry(ctx, policy, read);
/// @endcode
template <class F>
auto retry(detail::context_here ctx, retry_policy policy, F& f) -> task<detail::awaited_result<F, context>>
{
    using namespace boost::asio;
    using result                 = detail::awaited_result<F, context>;
    auto&                    own = ctx.ctx.life().loop();
    const cancellation_state at  = co_await this_coro::cancellation_state;
    if (policy.budget) policy.budget->called(own.now());
    for (int attempt = 1;; ++attempt) {
        ctx.ctx.throw_if_done();
        const auto source = detail::attempt_context(ctx, policy.attempt_timeout);
        const auto child  = source.get_context();
        std::exception_ptr error;
        try {
            const detail::home_visit inside(detail::find_home(ctx.ctx.node(), at.slot()), child.life());
            auto                     running = f(child);
            if constexpr (std::is_void_v<result>) {
                co_await std::move(running);
                co_return;
            } else {
                co_return co_await std::move(running);
            }
        } catch (...) {
            error = detail::mapped(child.life(), std::current_exception());
        }
        const auto pause = detail::pause_before_retry(ctx.ctx, policy, attempt, error);
        if (!pause) std::rethrow_exception(error);
        co_await sleep_for(ctx.ctx, *pause, ctx.where);
    }
}

}  // namespace curfew
