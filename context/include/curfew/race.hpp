// Several functions at once, of which the first to succeed counts.
#pragma once

#include <curfew/detail/race_scope.hpp>

#include <array>
#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace curfew {

/// Which function won a race, and what it returned (`std::monostate` for nothing).
template <class T>
class race_result {
public:
    race_result() = default;
    race_result(std::size_t index, T value) : index_(index), value_(std::move(value)) {}

    std::size_t index() const noexcept { return index_; }
    T&          value() & noexcept { return value_; }
    const T&    value() const& noexcept { return value_; }
    T&&         value() && noexcept { return std::move(value_); }

private:
    std::size_t index_ = 0;
    T           value_{};
};

/// Runs several functions concurrently until one succeeds, cancels the others and waits for them.
///
/// Each is called with a child of `ctx`. The losers are canceled with cause kind `race_lost`. One that fails does not
/// end the race. Of those that succeed together, in the same turn of the loop, the one named first wins.
///
/// Preconditions: `f` and `others` return `task<T>` with the same `T`. On a thread pool, the caller runs on a strand.
/// Completes:     when every function has returned.
/// Returns:       the index of the winner in the argument list, and its result. The losers' results are dropped.
/// Errors:        the first error if all fail; `context_error` if `ctx` has ended before the call, and then no function
///                is called.
/// Cancellation:  canceling `ctx` or the awaiting coroutine (any type) cancels every function.
/// Threads:       functions run on the caller's executor.
/// Lifetime:      the functions are borrowed until completion: name them before the `co_await`.
template <class F, class... G>
auto race(detail::context_here ctx, F& f, G&... others)
    -> task<race_result<detail::stored<detail::awaited_result<F, context>>>>
{
    using namespace boost::asio;
    using value = detail::stored<detail::awaited_result<F, context>>;
    static_assert((std::same_as<value, detail::stored<detail::awaited_result<G, context>>> && ...),
                  "the functions of a race return the same type");
    ctx.ctx.throw_if_done();
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the join must be reached

    const auto scope = std::make_shared<detail::race_scope>(detail::scope_context(ctx, "race"),
                                                            co_await this_coro::executor);
    std::array<std::optional<value>, 1 + sizeof...(G)> results;
    std::size_t                                        index = 0;
    scope->start(index, f, &results[index]);
    ((++index, scope->start(index, others, &results[index])), ...);
    if (scope->running()) co_await scope->join();

    co_await this_coro::throw_if_cancelled(throws);
    if (!scope->winner()) scope->rethrow_first();
    co_return race_result<value>(*scope->winner(), std::move(*results[*scope->winner()]));
}

}  // namespace curfew
