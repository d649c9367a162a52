// A bounded queue between coroutines.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/channel_state.hpp>
#include <curfew/detail/wait_in_queue.hpp>
#include <curfew/task.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <source_location>
#include <utility>

namespace curfew {

/// Passes items from senders to receivers, in order, and makes senders wait while it is full.
///
/// Each item is received once, or is still in the channel when that is destroyed: a receiver that is canceled while an
/// item is on its way to it puts it back, in front, and the next receiver gets it.
/// Thread safety: distinct objects: safe. Shared objects: every member function is safe from any thread and loop;
/// a waiter continues on its own executor.
///
/// @code
/// while (auto job = co_await jobs.receive(ctx)) co_await work(ctx, std::move(*job));   // until closed and empty
/// @endcode
template <class T>
class channel {
public:
    /// `capacity`: how many items it holds that nobody has received. With 0, `send` waits for a receiver.
    explicit channel(std::size_t capacity) : state_(std::make_shared<detail::channel_state<T>>(capacity)) {}
    channel(const channel&)            = delete;
    channel& operator=(const channel&) = delete;
    /// Closes it, and destroys the items that are left.
    ~channel() { state_->end(); }

    /// Puts `item` into the channel; waits while it is full.
    ///
    /// Completes:    when the item is in the channel, or with a receiver. Then it stays there, even if `ctx` ends.
    /// Errors:       throws `context_error` if `ctx` ends first, or has ended before; `system_error` with
    ///               `errc::broken_pipe` if the channel is, or is being, closed. The item is then destroyed.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type).
    /// Threads:      started from any; completes by a post on the handler's executor, by default the context's loop's.
    task<> send(context ctx, T item, std::source_location where = std::source_location::current())
    {
        return detail::await_in_queue(std::move(ctx), state_->senders(), where, std::move(item));
    }

    /// The same with a completion token: `auto [ec] = co_await jobs.send(ctx, job, nothrow);`
    template <class Token>
    auto send(const context& ctx, T item, Token&& token, std::source_location where = std::source_location::current())
    {
        return detail::wait_in_queue(ctx, state_->senders(), std::forward<Token>(token), where, std::move(item));
    }

    /// Takes the oldest item out; waits while there is none.
    ///
    /// Returns:      an optional with the item; without, once the channel is closed and empty.
    /// Errors:       throws `context_error` if `ctx` ends first, or has ended before.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type).
    /// Threads:      started from any; completes by a post on the handler's executor, by default the context's loop's.
    task<std::optional<T>> receive(context ctx, std::source_location where = std::source_location::current())
    {
        return detail::await_in_queue(std::move(ctx), state_->receivers(), where);
    }

    /// The same with a completion token: `auto got = co_await jobs.receive(ctx, nothrow); auto& [ec, job] = got;`
    template <class Token>
    auto receive(const context& ctx, Token&& token, std::source_location where = std::source_location::current())
    {
        return detail::wait_in_queue(ctx, state_->receivers(), std::forward<Token>(token), where);
    }

    /// Puts `item` into the channel if that needs no waiting. If not, or if the channel is closed, `item` is untouched.
    bool try_send(T&& item) { return state_->try_send(item); }
    /// Takes the oldest item out if there is one.
    std::optional<T> try_receive() { return state_->try_receive(); }

    /// Lets nothing more in. What is in it can still be received; after that, receivers get an empty optional. Whoever
    /// waits to send fails. Closing again does nothing.
    void close() noexcept { state_->close(); }
    bool closed() const { return state_->closed(); }

    std::size_t capacity() const noexcept { return state_->capacity(); }
    /// How many items are in it. A moment later it may be otherwise.
    std::size_t size() const { return state_->size(); }

private:
    std::shared_ptr<detail::channel_state<T>> state_;
};

}  // namespace curfew
