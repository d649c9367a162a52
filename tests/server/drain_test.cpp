#include "drain.hpp"

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

using namespace curfew;
using namespace std::chrono_literals;
using curfew::detail::drain;
using curfew::detail::drain_step;

namespace {

drain_options options()
{
    drain_options chosen;
    chosen.delay   = 5s;
    chosen.limit   = 10s;
    chosen.abandon = 2s;
    return chosen;
}

const time_point start{1h};

}  // namespace

TEST(drain, does_nothing_before_it_is_told_to)
{
    drain ending(options());

    EXPECT_EQ(ending.next(start, 3), drain_step::none);
    EXPECT_TRUE(ending.ready());
    EXPECT_EQ(ending.wake_at(), time_point::max());
}

TEST(drain, fails_readiness_first_and_goes_on_accepting_for_its_delay)
{
    CURFEW_PROVES("L2");
    drain ending(options());
    ending.begin(start);

    EXPECT_EQ(ending.next(start, 0), drain_step::fail_readiness);
    EXPECT_FALSE(ending.ready());
    EXPECT_EQ(ending.next(start, 0), drain_step::none);
    EXPECT_EQ(ending.wake_at(), start + 5s);
    EXPECT_EQ(ending.next(start + 5s, 0), drain_step::stop_accepting);
}

TEST(drain, finishes_when_nothing_is_left)
{
    CURFEW_PROVES("L2");
    drain ending(options());
    ending.begin(start);
    ending.next(start, 2);
    ending.next(start + 5s, 2);

    EXPECT_EQ(ending.next(start + 5s, 2), drain_step::none);
    EXPECT_EQ(ending.next(start + 6s, 1), drain_step::none);
    EXPECT_EQ(ending.next(start + 7s, 0), drain_step::finish);
    EXPECT_EQ(ending.next(start + 99s, 0), drain_step::none);
}

TEST(drain, cancels_what_is_left_at_its_limit_and_gives_up_after_that)
{
    CURFEW_PROVES("L2");
    drain ending(options());
    ending.begin(start);
    ending.next(start, 2);
    ending.next(start + 5s, 2);

    EXPECT_EQ(ending.next(start + 15s, 2), drain_step::cancel_requests);
    EXPECT_EQ(ending.next(start + 16s, 1), drain_step::none);
    EXPECT_EQ(ending.next(start + 17s, 1), drain_step::give_up);
    EXPECT_EQ(ending.next(start + 99s, 1), drain_step::none);
}

TEST(drain, does_not_begin_twice)
{
    drain ending(options());
    ending.begin(start);
    ending.next(start, 1);
    ending.begin(start + 4s);

    EXPECT_EQ(ending.next(start + 5s, 1), drain_step::stop_accepting);
}
