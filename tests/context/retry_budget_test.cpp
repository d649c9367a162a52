#include <curfew/retry_budget.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace curfew {
namespace {

using namespace std::chrono_literals;

class retry_budget_test : public ::testing::Test {
protected:
    int take_all(retry_budget& from)
    {
        int taken = 0;
        while (from.take(now)) ++taken;
        return taken;
    }

    time_point           now{1h};
    retry_budget_options options;
};

TEST_F(retry_budget_test, has_its_reserve_at_first)
{
    retry_budget budget(options);

    EXPECT_EQ(take_all(budget), 10);
}

TEST_F(retry_budget_test, earns_a_share_of_a_retry_with_each_call)
{
    options.share   = 0.25;
    options.minimum = 0;
    retry_budget budget(options);
    take_all(budget);

    for (int i = 0; i < 9; ++i) budget.called(now);

    EXPECT_EQ(take_all(budget), 2);
}

TEST_F(retry_budget_test, earns_its_minimum_with_time)
{
    options.minimum = 2;
    retry_budget budget(options);
    take_all(budget);

    now += 1500ms;

    EXPECT_EQ(take_all(budget), 3);
}

TEST_F(retry_budget_test, keeps_no_more_than_its_reserve)
{
    options.reserve = 4;
    retry_budget budget(options);

    for (int i = 0; i < 1'000; ++i) budget.called(now);
    now += 1h;

    EXPECT_EQ(take_all(budget), 4);
}

}  // namespace
}  // namespace curfew
