#include "primes.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/error.hpp>

#include <gtest/gtest.h>

namespace {

TEST(count_primes, counts_the_primes_below_its_end)
{
    const auto ctx = curfew::background();

    EXPECT_EQ(demo::count_primes(ctx, 0), 0u);
    EXPECT_EQ(demo::count_primes(ctx, 2), 0u);
    EXPECT_EQ(demo::count_primes(ctx, 3), 1u);
    EXPECT_EQ(demo::count_primes(ctx, 10), 4u);
    EXPECT_EQ(demo::count_primes(ctx, 10'000), 1229u);
}

TEST(count_primes, stops_when_its_context_has_ended)
{
    auto source = curfew::with_cancel(curfew::background());
    source.cancel("enough");

    EXPECT_THROW(demo::count_primes(source.get_context(), 1'000'000'000'000), curfew::context_error);
}

}  // namespace
