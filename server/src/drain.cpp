#include "drain.hpp"

namespace curfew::detail {

void drain::begin(time_point now) noexcept
{
    if (begun()) return;
    phase_   = phase::told;
    wake_at_ = now;
}

drain_step drain::next(time_point now, std::size_t left) noexcept
{
    switch (phase_) {
    case phase::told:
        phase_   = phase::delaying;
        wake_at_ = now + options_.delay;
        return drain_step::fail_readiness;
    case phase::delaying:
        if (now < wake_at_) return drain_step::none;
        phase_   = phase::draining;
        wake_at_ = now + options_.limit;
        return drain_step::stop_accepting;
    case phase::draining:
        if (left != 0 && now < wake_at_) return drain_step::none;
        if (left == 0) break;
        phase_   = phase::canceling;
        wake_at_ = now + options_.abandon;
        return drain_step::cancel_requests;
    case phase::canceling:
        if (left != 0 && now < wake_at_) return drain_step::none;
        if (left == 0) break;
        phase_   = phase::over;
        wake_at_ = time_point::max();
        return drain_step::give_up;
    case phase::serving:
    case phase::over: return drain_step::none;
    }
    phase_   = phase::over;
    wake_at_ = time_point::max();
    return drain_step::finish;
}

}  // namespace curfew::detail
