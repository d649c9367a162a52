// A scope that owns the tasks started in it.
#pragma once

#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/error_mapping.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace curfew {

/// Starts tasks that end before the scope of `with_task_group` does. Cannot be made in another way, since C++ has no
/// destructor that awaits.
///
/// Thread safety: none; used on the executor of the coroutine that owns it.
class task_group {
public:
    explicit task_group(detail::child_scope& scope) noexcept : scope_(scope) {}
    task_group(const task_group&)            = delete;
    task_group& operator=(const task_group&) = delete;

    /// The context that ends with the group; canceled by the first error.
    const context& get_context() const noexcept { return scope_.get_context(); }

    /// Starts `f(child_context, args...)` in a coroutine of its own; it has run to its first suspension on return.
    ///
    /// Beyond the limit it waits, in order, unstarted. One that the group's end finds unstarted is never called.
    /// What `f` returns is dropped.
    /// Lifetime: `f` is borrowed until the group ends, so a temporary lambda does not compile; `args` are kept by value.
    template <class F, class... A>
    void start(F& f, A... args)
    {
        scope_.start(0, f, detail::no_result::nowhere(), std::move(args)...);
    }

    /// Lets at most `most` tasks run at a time. Default: all. 0 counts as 1.
    void limit(std::size_t most) { scope_.limit(most); }

    /// Waits until no task runs or waits, for instance to look at `errors()`. Does not throw.
    /// Preconditions: called by the function that was given the group; at most one waits at a time.
    task<> wait();

    /// Every failure so far, in the order in which they happened. Tasks that ended because they were canceled after a
    /// failure are not listed.
    const std::vector<std::exception_ptr>& errors() const noexcept { return scope_.errors(); }

    std::size_t running() const noexcept { return scope_.running(); }
    std::size_t waiting() const noexcept { return scope_.waiting(); }

private:
    detail::child_scope& scope_;
};

/// Calls `f(group, ctx)` and returns when it and every task it started in the group have ended.
///
/// `ctx` is the group's, a child of the one given. The first error, `f`'s own included, cancels the rest with cause kind
/// `sibling_failed`, whose `error()` is that error.
///
/// Preconditions: `f(task_group&, context)` returns `task<T>`. On a thread pool, the caller runs on a strand.
/// Completes:     when all tasks have ended, on every path.
/// Returns:       what `f` returned.
/// Errors:        the first error; `context_error` if the context given has ended before, and then `f` is not called.
///                Later errors are logged, and can be read from `group.errors()` after `co_await group.wait()`.
/// Cancellation:  canceling the context or the awaiting coroutine (any type) cancels all tasks. Raw operations in `f`
///                obey the group's context.
/// Threads:       everything runs on the caller's executor.
/// Lifetime:      `f` is borrowed until completion: name it before the `co_await`.
///
/// @code
/// auto fetch = [&](context c, std::string url) -> task<> { co_await api.get(c, url); };
/// auto all   = [&](task_group& group, context) -> task<> {
///     group.limit(4);
///     for (const auto& url : urls) group.start(fetch, url);
///     co_return;
/// };
/// co_await with_task_group(ctx, all);
/// @endcode
template <class F>
auto with_task_group(detail::context_here ctx, F& f) -> task<detail::awaited_result<F, task_group&, context>>
{
    using namespace boost::asio;
    using result = detail::awaited_result<F, task_group&, context>;
    ctx.ctx.throw_if_done();
    const cancellation_state own    = co_await this_coro::cancellation_state;
    const bool               throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the join must be reached

    const auto scope = std::make_shared<detail::child_scope>(detail::scope_context(ctx, "task_group"),
                                                             co_await this_coro::executor);
    task_group                            group(*scope);
    std::optional<detail::stored<result>> returned;
    try {
        const detail::home_visit inside(detail::find_home(ctx.ctx.node(), own.slot()), scope->get_context().life());
        auto                     running = f(group, scope->get_context());
        if constexpr (std::is_void_v<result>)
            co_await std::move(running);
        else
            returned.emplace(co_await std::move(running));
    } catch (...) {
        scope->failed(detail::mapped(scope->get_context().life(), std::current_exception()));
    }
    if (scope->running()) co_await scope->join();

    co_await this_coro::throw_if_cancelled(throws);
    scope->rethrow_first();
    if constexpr (!std::is_void_v<result>) co_return std::move(*returned);
}

}  // namespace curfew
