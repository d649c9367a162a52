#include "heap_trimmer.hpp"

#include <curfew/detail/loop.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace curfew::detail {
namespace {

using namespace std::chrono_literals;

struct heap_trimmer_test : ::testing::Test {
    void rest(int times)
    {
        for (int i = 0; i != times; ++i) trimmer.rested();
    }

    testing::manual_clock clock;
    testing::test_loop    test{clock};
    heap_trimmer          trimmer{loop::of(test.io())};
};

TEST_F(heap_trimmer_test, does_nothing_for_a_few_connections)
{
    rest(255);

    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST_F(heap_trimmer_test, asks_once_for_many_and_then_counts_anew)
{
    rest(1'000);
    ASSERT_EQ(clock.pending_timers(), 1u);

    clock.advance(1s);

    EXPECT_EQ(clock.pending_timers(), 0u);
    rest(255);
    EXPECT_EQ(clock.pending_timers(), 0u);
    rest(1);
    EXPECT_EQ(clock.pending_timers(), 1u);
}

}  // namespace
}  // namespace curfew::detail
