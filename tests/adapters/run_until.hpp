// Waiting in a test for what another thread, or another program, brings about.
#pragma once

#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace curfew::testing {

inline constexpr std::chrono::seconds guard{5};

/// Runs the loop until `condition()` holds; the test fails if that takes longer than the guard.
template <class Condition>
bool run_until(test_loop& loop, Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + guard;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            ADD_FAILURE() << "waited for " << guard.count() << " s in vain";
            return false;
        }
        if (loop.io().stopped()) loop.io().restart();
        if (loop.io().run_one_for(std::chrono::milliseconds(1)) == 0) std::this_thread::yield();
    }
    return true;
}

/// Runs the loop until what was started on it has finished.
template <class T>
bool run_until_finished(test_loop& loop, const started<T>& one)
{
    return run_until(loop, [&] { return one.finished(); });
}

}  // namespace curfew::testing
