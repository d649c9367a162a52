#include <curfew/testing/manual_clock.hpp>

#include <curfew/detail/loop.hpp>
#include <curfew/testing/test_loop.hpp>

namespace curfew::testing {

void manual_clock::run_everything_ready()
{
    // One loop's handlers may make another's ready.
    for (bool ran = true; ran;) {
        ran = false;
        for (auto* loop : loops_)
            while (loop->run_one()) ran = true;
    }
}

void manual_clock::advance(duration d)
{
    const auto end = now_ + d;
    for (;;) {
        run_everything_ready();
        test_loop* next = nullptr;
        for (auto* loop : loops_) {
            const auto& pending = loop->loop().deadlines();
            if (pending.empty() || pending.earliest() > end) continue;
            if (!next || pending.earliest() < next->loop().deadlines().earliest()) next = loop;
        }
        if (!next) break;
        now_ = std::max(now_, next->loop().deadlines().earliest());
        // Within a handler, so that the loop knows itself to be on its own thread.
        boost::asio::post(next->io(), [next, this] { next->loop().fire_one(now_); });
    }
    now_ = end;
}

std::size_t manual_clock::pending_timers() const
{
    std::size_t count = 0;
    for (auto* loop : loops_) count += loop->loop().deadlines().size();
    return count;
}

}  // namespace curfew::testing
