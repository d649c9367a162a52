// A coroutine that waits to be resumed by plain code.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Holds the completion handler of the one coroutine that waits in it, in place, and calls it inline.
///
/// No allocation, no post: `resume()` runs the coroutine until it suspends again. It is not an Asio operation, so no
/// cancellation reaches it; whoever parks a coroutine resumes it. Not movable, not thread-safe.
class parked {
public:
    parked()                         = default;
    parked(const parked&)            = delete;
    parked& operator=(const parked&) = delete;
    ~parked()
    {
        if (call_) abandon();
    }

    explicit operator bool() const noexcept { return call_ != nullptr; }

    /// Continues the waiting coroutine. The object may be gone when this returns. Precondition: one waits.
    void resume() { std::exchange(call_, nullptr)(*this, true); }

    /// Destroys the waiting coroutine without resuming it. Precondition: one waits.
    void abandon() { std::exchange(call_, nullptr)(*this, false); }

    /// Awaitable; at most one at a time.
    auto wait()
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void()>(
            [this](auto handler) { park(std::move(handler)); }, boost::asio::deferred);
    }

    /// Takes in a completion handler: `wait()` for those who initiate the operation themselves.
    template <class Handler>
    void park(Handler handler)
    {
        static_assert(sizeof(Handler) <= sizeof storage_ && alignof(Handler) <= alignof(std::max_align_t));
        new (storage_) Handler(std::move(handler));
        call_ = [](parked& self, bool run) {
            auto*   stored = std::launder(reinterpret_cast<Handler*>(self.storage_));
            Handler local(std::move(*stored));
            stored->~Handler();
            if (run) std::move(local)();
        };
    }

private:
    alignas(std::max_align_t) std::byte storage_[96];
    void (*call_)(parked&, bool) = nullptr;
};

}  // namespace curfew::detail
