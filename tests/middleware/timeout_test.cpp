#include <curfew/middleware/timeout.hpp>

#include "chain_run.hpp"

#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace curfew {
namespace {

using namespace std::chrono_literals;

task<response> sleeps_for_an_hour(context ctx, request)
{
    co_await sleep_for(ctx, 1h);
    co_return response();
}

TEST(timeout, ends_the_request_itself_and_says_where_it_was_set)
{
    CURFEW_PROVES("P1");
    chain_run           run;
    sample_request      sample(method::get, "/");
    const auto          ctx = run.begin();
    const auto          line = std::source_location::current().line() + 1;
    const detail::chain links({timeout(2s)}, sleeps_for_an_hour);
    auto                running = run.start(links, ctx, sample.get());

    run.clock.advance(2s);
    run.loop.run_ready();

    EXPECT_EQ(running.error(), errc::deadline_exceeded);
    ASSERT_TRUE(ctx.done());
    EXPECT_EQ(running.cause(), ctx.cause());
    EXPECT_EQ(ctx.cause().origin(), deadline_origin::timeout_in_code);
    EXPECT_EQ(ctx.cause().configured(), 2s);
    EXPECT_EQ(ctx.cause().where().line(), line);
}

TEST(timeout, counts_from_the_first_byte_of_the_request)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx = run.begin();
    run.clock.advance(5s);

    static_cast<void>(timeout(7s).before(ctx, sample.get()));

    EXPECT_EQ(ctx.remaining(), 2s);
}

TEST(timeout, leaves_a_sooner_deadline_in_force)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx = run.begin();
    ctx.life().work().lower_deadline(run.clock.now() + 1s, {deadline_origin::route, "", 1s, {}});

    static_cast<void>(timeout(2s).before(ctx, sample.get()));

    EXPECT_EQ(ctx.remaining(), 1s);
    EXPECT_EQ(ctx.deadline_set_by(), deadline_origin::route);
}

TEST(timeout, can_be_told_from_another_one_in_the_same_chain)
{
    CURFEW_PROVES("P3");
    const timeout  outer(2s);
    const auto     line = std::source_location::current().line() + 1;
    const timeout  inner(1s);
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx = run.begin();

    const detail::chain links({outer, inner}, sleeps_for_an_hour);
    const auto          running = run.start(links, ctx, sample.get());
    run.clock.advance(1s);
    run.loop.run_ready();

    EXPECT_EQ(running.cause().configured(), 1s);
    EXPECT_EQ(running.cause().where().line(), line);
}

TEST(timeout, may_be_longer_than_the_clock_can_tell)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx = run.begin();

    static_cast<void>(timeout(duration::max()).before(ctx, sample.get()));

    EXPECT_EQ(ctx.remaining(), std::nullopt);
}

TEST(timeout, refuses_a_limit_that_is_none)
{
    EXPECT_THROW(timeout(0s), std::invalid_argument);
    EXPECT_THROW(timeout(-1s), std::invalid_argument);
}

}  // namespace
}  // namespace curfew
