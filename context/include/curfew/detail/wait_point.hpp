// A place where one coroutine waits for plain code, or for its cancellation.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// An Asio operation that plain code completes, in place and inline, or a cancellation, by a post.
///
/// At most one waits at a time. Not thread-safe; the owner outlives the wait.
class wait_point {
public:
    using executor_type = boost::asio::io_context::executor_type;

    explicit wait_point(executor_type ex) noexcept : executor_(ex) {}
    wait_point(const wait_point&)            = delete;
    wait_point& operator=(const wait_point&) = delete;
    ~wait_point() { abandon(); }

    explicit operator bool() const noexcept { return call_ != nullptr; }

    /// Continues whoever waits, if the wait is not being canceled already.
    void wake()
    {
        if (call_ && !canceled_) complete({});
    }

    /// Destroys whoever waits without continuing it: for an io_context that goes, where the waiting side owns this object.
    void abandon() noexcept
    {
        if (call_) std::exchange(call_, nullptr)(*this, false, {});
    }

    /// Completes with no error when woken, with `operation_aborted` when canceled.
    template <class Token>
    auto wait(Token&& token)
    {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(initiation{this}, token);
    }

private:
    struct initiation {
        using executor_type = wait_point::executor_type;
        executor_type get_executor() const noexcept { return self->executor_; }

        template <class Handler>
        void operator()(Handler&& handler) const
        {
            self->emplace(std::decay_t<Handler>(std::forward<Handler>(handler)));
        }

        wait_point* self;
    };

    void complete(boost::system::error_code error) { std::exchange(call_, nullptr)(*this, true, error); }

    template <class Handler>
    void emplace(Handler handler)
    {
        static_assert(sizeof(Handler) <= sizeof storage_ && alignof(Handler) <= alignof(std::max_align_t));
        canceled_ = false;
        if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign([this](boost::asio::cancellation_type) { cancel(); });
        new (storage_) Handler(std::move(handler));
        call_ = [](wait_point& self, bool run, boost::system::error_code error) {
            auto*   stored = std::launder(reinterpret_cast<Handler*>(self.storage_));
            Handler local(std::move(*stored));
            stored->~Handler();
            if (!run) return;
            if (auto slot = boost::asio::get_associated_cancellation_slot(local); slot.is_connected()) slot.clear();
            std::move(local)(error);
        };
    }

    // A slot must not be cleared from within its own handler, nor a coroutine continued from within an emission.
    void cancel()
    {
        if (!call_ || std::exchange(canceled_, true)) return;
        boost::asio::post(executor_, [this] {
            if (call_) complete(boost::asio::error::operation_aborted);
        });
    }

    executor_type executor_;
    alignas(std::max_align_t) std::byte storage_[160];
    void (*call_)(wait_point&, bool, boost::system::error_code) = nullptr;
    bool canceled_                                              = false;
};

}  // namespace curfew::detail
