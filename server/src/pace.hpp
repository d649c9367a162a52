// Whether bytes come fast enough while somebody waits for them.
#pragma once

#include <curfew/clock.hpp>

#include <cstddef>

namespace curfew::detail {

/// Measures arrivals in windows of waiting time: time in which nobody waited is not held against the sender.
class pace {
public:
    struct terms {
        duration    idle;    ///< Without a byte.
        std::size_t rate;    ///< Bytes a second.
        duration    window;  ///< Over which the rate is measured.
    };

    void start() noexcept { *this = {}; }

    void wait(time_point now) noexcept
    {
        if (waiting_) return;
        waiting_ = true;
        since_ = last_ = now;
    }
    void arrived(std::size_t bytes, time_point now) noexcept
    {
        bytes_ += bytes;
        last_ = now;
    }
    void stop(time_point now) noexcept
    {
        if (!waiting_) return;
        waiting_ = false;
        waited_ += now - since_;
    }

    /// When to look again. Precondition: waiting.
    time_point look_at(const terms& t) const noexcept
    {
        const auto idle = last_ + t.idle, window = since_ + (t.window - waited_);
        return idle < window ? idle : window;
    }

    /// Looks. True if the sender is too slow; else a window that is over begins anew.
    bool too_slow(const terms& t, time_point now) noexcept
    {
        if (!waiting_) return false;
        if (now >= last_ + t.idle) return true;
        if (waited_ + (now - since_) < t.window) return false;
        const auto wanted = t.rate * static_cast<std::size_t>(std::chrono::floor<std::chrono::seconds>(t.window).count());
        if (bytes_ < wanted) return true;
        bytes_  = 0;
        waited_ = {};
        since_  = now;
        return false;
    }

    bool waiting() const noexcept { return waiting_; }

private:
    bool        waiting_ = false;
    std::size_t bytes_   = 0;  // in this window
    duration    waited_{};     // in this window, before `since_`
    time_point  since_{}, last_{};
};

}  // namespace curfew::detail
