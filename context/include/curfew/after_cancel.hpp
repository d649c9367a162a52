// Callbacks for the end of a context.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/cancel_callback.hpp>

#include <boost/asio/post.hpp>

#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew {

/// Owns the registration of one callback, and withdraws it when destroyed.
///
/// The destructor waits while the callback is running on another thread; within the callback it does not wait.
/// Thread safety: distinct objects: safe. Shared objects: `stop` is safe from any thread.
class cancel_registration {
public:
    cancel_registration() noexcept = default;
    explicit cancel_registration(detail::cancel_callback* adopted) noexcept : callback_(adopted) {}
    cancel_registration(cancel_registration&& other) noexcept : callback_(std::exchange(other.callback_, nullptr)) {}
    cancel_registration& operator=(cancel_registration&& other) noexcept
    {
        if (this != &other) {
            reset();
            callback_ = std::exchange(other.callback_, nullptr);
        }
        return *this;
    }
    ~cancel_registration() { reset(); }

    /// Withdraws the callback, without ever blocking.
    ///
    /// Returns: true if the callback will never run because of this call; false if it has run, is running, or was
    ///          withdrawn before.
    bool stop() noexcept { return callback_ && callback_->withdraw(); }

    /// Withdraws the callback, waits while it is running on another thread, and forgets it.
    void reset() noexcept
    {
        if (auto* callback = std::exchange(callback_, nullptr)) callback->finish();
    }

private:
    detail::cancel_callback* callback_ = nullptr;
};

/// Calls `f()` once when `ctx` ends, on the thread that cancels it.
///
/// If `ctx` has ended already, `f` runs before this returns. It may cancel, derive, register and withdraw on any
/// context, this one included. An exception that leaves `f` is logged and does not stop other callbacks.
/// `f` should be short: it runs inside somebody's `cancel()`, or on the loop that fired the deadline.
template <class F>
[[nodiscard]] cancel_registration after_cancel(const context& ctx, F f,
                                               std::source_location where = std::source_location::current())
{
    return cancel_registration(
        detail::register_callback(ctx, new detail::cancel_callback_of<F>(ctx, std::move(f), where)));
}

/// Calls `f()` once when `ctx` ends, on `executor`. Withdrawing it works until it begins to run there.
template <class Executor, class F>
[[nodiscard]] cancel_registration after_cancel(const context& ctx, Executor executor, F f,
                                               std::source_location where = std::source_location::current())
{
    return cancel_registration(detail::register_callback(
        ctx, new detail::posted_cancel_callback<Executor, F>(ctx, std::move(executor), std::move(f), where)));
}

}  // namespace curfew
