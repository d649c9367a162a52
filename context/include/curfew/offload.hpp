// Blocking and computing work on a thread pool.
#pragma once

#include <curfew/detail/error_mapping.hpp>
#include <curfew/detail/offload_job.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace curfew {

/// Calls `f(ctx, args...)`, or `f(args...)`, on a thread of `pool`, and waits for it.
///
/// A function that runs cannot be interrupted: it takes the context and polls `ctx.done()` if it may take long.
///
/// Preconditions: `pool` is an `asio::thread_pool`, or any executor.
/// Completes:     when `f` has returned; or soon after a cancel, if `f` was still waiting for a thread.
/// Returns:       what `f` returned, even if `ctx` has ended meanwhile.
/// Errors:        what `f` threw; `context_error` if `ctx` ended before `f` began, which is then never called.
/// Cancellation:  canceling `ctx` or the awaiting coroutine (any type) ends the context that `f` is given.
/// Threads:       the coroutine goes on where it was, on its own executor.
/// Lifetime:      `f` is borrowed until completion: name it before the `co_await`. `args` are kept by value. If the
///                io_context goes first, its destructor ends the context of `f` and waits until `f` has returned.
///
/// @code
/// auto hash   = [](context c, std::string text) { return slow_hash(text, [&] { return c.done(); }); };
/// auto digest = co_await offload(ctx, pool, hash, password);
/// @endcode
template <class F, class... A>
auto offload(detail::context_here ctx, detail::pool_executor pool, F& f, A... args)
    -> task<typename detail::offloaded_result<F, A...>::type>
{
    using namespace boost::asio;
    using result = typename detail::offloaded_result<F, A...>::type;
    ctx.ctx.throw_if_done();
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the wait must be reached

    const auto                      own = detail::scope_context(ctx, "offload");
    detail::offloaded_call<F, A...> call(f, own, std::move(args)...);
    const auto job = std::make_shared<detail::offload_job>(own, co_await this_coro::executor, pool.executor,
                                                           &decltype(call)::run, &call);
    co_await job->wait();

    co_await this_coro::throw_if_cancelled(throws);
    if (!job->called()) throw context_error(own.cause());
    if (call.error()) std::rethrow_exception(detail::mapped(own.life(), call.error()));
    if constexpr (!std::is_void_v<result>) co_return std::move(call.returned());
}

}  // namespace curfew
