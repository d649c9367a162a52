// The end of a server, step by step, without I/O.
#pragma once

#include <curfew/clock.hpp>
#include <curfew/server_options.hpp>

#include <cstddef>
#include <cstdint>

namespace curfew::detail {

enum class drain_step : std::uint8_t {
    none,             ///< Nothing before the next event.
    fail_readiness,   ///< Say so to whoever asks; go on as before.
    stop_accepting,   ///< Close the listeners and the idle connections; the next answer on each other one is its last.
    cancel_requests,  ///< End the contexts of what is left with cause `shutdown`.
    give_up,          ///< List what is left, and leave it.
    finish,           ///< Nothing is left to wait for.
};

/// Decides what a server that was told to end does next.
///
/// Events go in; after each, `next` is asked until it says `none`, and `wake_at` says when to ask again at the latest.
/// Each step but `none` is said once, in the order above.
class drain {
public:
    explicit drain(const drain_options& options) noexcept : options_(options) {}

    /// The server is told to end. The first time counts.
    void begin(time_point now) noexcept;
    bool begun() const noexcept { return phase_ != phase::serving; }
    bool ready() const noexcept { return phase_ == phase::serving; }

    /// `left`: what still runs: connections, and work that was detached from requests.
    drain_step next(time_point now, std::size_t left) noexcept;
    time_point wake_at() const noexcept { return wake_at_; }

private:
    enum class phase : std::uint8_t { serving, told, delaying, draining, canceling, over };

    drain_options options_;
    phase         phase_   = phase::serving;
    time_point    wake_at_ = time_point::max();
};

}  // namespace curfew::detail
