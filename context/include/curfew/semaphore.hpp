// A limit on how many do something at the same time.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/semaphore_state.hpp>
#include <curfew/detail/wait_in_queue.hpp>
#include <curfew/task.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <source_location>
#include <utility>

namespace curfew {

/// One unit of a semaphore. Gives it back when destroyed, to whoever has waited longest.
///
/// May outlive the semaphore. Movable; moved from, or made by default, it is empty.
/// Thread safety: distinct objects: safe, on any thread. Shared objects: unsafe.
class permit {
public:
    permit() noexcept = default;
    permit(permit&&) noexcept = default;
    permit& operator=(permit&& other) noexcept
    {
        if (this == &other) return *this;
        release();
        from_ = std::move(other.from_);
        return *this;
    }
    ~permit() { release(); }

    explicit operator bool() const noexcept { return from_ != nullptr; }

    /// Gives the unit back now. Nothing happens if it is empty.
    void release() noexcept
    {
        if (const auto from = std::move(from_)) from->release();
    }

    /// For curfew's own modules: takes over a unit.
    explicit permit(std::shared_ptr<detail::semaphore_state> from) noexcept : from_(std::move(from)) {}

private:
    std::shared_ptr<detail::semaphore_state> from_;
};

/// Hands out a fixed number of units: the connections of a pool, the requests that a downstream service stands.
///
/// First come, first served, across all threads and loops. A waiter whose context ends leaves the queue; a unit that was
/// on its way to it goes to the next.
/// Thread safety: distinct objects: safe. Shared objects: every member function is safe from any thread and loop.
class semaphore {
public:
    static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

    /// `units`:        how many permits there can be at a time.
    /// `most_waiting`: how many may wait; those beyond are refused at once. Default: `no_limit`.
    explicit semaphore(std::size_t units, std::size_t most_waiting = no_limit)
        : state_(std::make_shared<detail::semaphore_state>(units, most_waiting))
    {
    }
    semaphore(const semaphore&)            = delete;
    semaphore& operator=(const semaphore&) = delete;
    /// Ends every wait with `operation_aborted`. Permits that are out stay valid.
    ~semaphore() { state_->close(); }

    /// Waits for a unit, or until `ctx` ends.
    ///
    /// Returns:      a `permit`.
    /// Errors:       throws `context_error` if `ctx` ends first, or has ended before; `system_error` with
    ///               `errc::resource_unavailable_try_again` if too many wait already.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type).
    /// Threads:      started from any; completes by a post on the handler's executor, by default the context's loop's.
    task<permit> acquire(context ctx, std::source_location where = std::source_location::current())
    {
        return detail::await_in_queue(std::move(ctx), state_, where);
    }

    /// The same with a completion token: `auto got = co_await limit.acquire(ctx, nothrow); auto& [ec, unit] = got;`
    template <class Token>
    auto acquire(const context& ctx, Token&& token, std::source_location where = std::source_location::current())
    {
        return detail::wait_in_queue(ctx, state_, std::forward<Token>(token), where);
    }

    /// Takes a unit if one is free and nobody waits for it; else the permit is empty.
    permit try_acquire() { return state_->try_take() ? permit(state_) : permit(); }

    /// How many units are free, and how many wait. A moment later it may be otherwise.
    std::size_t available() const { return state_->available(); }
    std::size_t waiting() const { return state_->waiting(); }

private:
    std::shared_ptr<detail::semaphore_state> state_;
};

}  // namespace curfew
