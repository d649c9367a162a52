// Time that moves only when a test says so.
#pragma once

#include <curfew/clock.hpp>

#include <cstddef>
#include <vector>

namespace curfew::testing {

class test_loop;

/// A clock turned by hand. Drives the deadlines of every `test_loop` made with it.
///
/// Not thread-safe: one test thread turns it and runs the loops.
class manual_clock final : public clock {
public:
    manual_clock() = default;

    time_point now() const noexcept override { return now_; }

    /// Moves time on by `d`, in order: runs what is ready, goes to the next deadline that falls due, fires it, runs
    /// what that made ready, and so on until `d` has passed.
    void advance(duration d);

    /// Deadlines and sleeps that are armed in all loops of this clock.
    std::size_t pending_timers() const;

private:
    friend class test_loop;

    void run_everything_ready();

    time_point              now_{std::chrono::hours(1)};
    std::vector<test_loop*> loops_;
};

}  // namespace curfew::testing
