#include <curfew/detail/cancel_callback.hpp>

#include "report.hpp"

namespace curfew::detail {

bool cancel_callback::withdraw() noexcept
{
    state expected = state::waiting;
    if (!state_.compare_exchange_strong(expected, state::withdrawn, std::memory_order_acq_rel)) return false;
    life_->remove(*this);
    return true;
}

void cancel_callback::finish() noexcept
{
    if (!withdraw()) {
        // Within the callback itself, waiting would be waiting for oneself.
        if (runner_.load(std::memory_order_acquire) != std::this_thread::get_id())
            while (state_.load(std::memory_order_acquire) == state::running)
                state_.wait(state::running, std::memory_order_acquire);
    }
    release();
}

bool cancel_callback::retain() noexcept
{
    references_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void cancel_callback::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void cancel_callback::fire(const cause_record&) noexcept
{
    try {
        start();
    } catch (...) {
        report_exception("after_cancel: starting a callback", where_, std::current_exception());
    }
}

void cancel_callback::run() noexcept
{
    state expected = state::waiting;
    if (!state_.compare_exchange_strong(expected, state::running, std::memory_order_acq_rel)) return;
    runner_.store(std::this_thread::get_id(), std::memory_order_release);
    try {
        call();
    } catch (...) {
        report_exception("after_cancel: callback", where_, std::current_exception());
    }
    runner_.store(std::thread::id(), std::memory_order_release);
    state_.store(state::finished, std::memory_order_release);
    state_.notify_all();
}

hook_description cancel_callback::describe() const noexcept
{
    return {hook_description::kind_type::callback, "after_cancel", where_};
}

cancel_callback* register_callback(const context& ctx, cancel_callback* callback) noexcept
{
    if (!ctx.life().add(*callback)) {
        callback->retain();
        callback->fire(ctx.life().why_record());
    }
    return callback;
}

}  // namespace curfew::detail
