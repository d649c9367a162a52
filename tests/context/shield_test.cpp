#include <curfew/shield.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <gtest/gtest.h>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

constexpr context_key<int> answer_key{"answer"};

TEST(shield, lets_a_clean_up_run_to_its_end_under_a_context_that_has_ended)
{
    CURFEW_PROVES("O4");
    manual_clock clock;
    test_loop    loop(clock);
    bool         cleaned_up = false;
    auto         clean_up   = [&](context c, int rows) -> task<int> {
        EXPECT_FALSE(c.done());
        EXPECT_EQ(*c.value(answer_key), 42);
        co_await sleep_for(c, 1s);
        cleaned_up = true;
        co_return rows;
    };
    auto work = [&](context c) -> task<int> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        auto again = co_await sleep_for(c, 1h, nothrow);
        EXPECT_EQ(std::get<0>(again), errc::deadline_exceeded);
        co_return co_await shield(c, 10s, clean_up, 3);
    };
    const auto ctx     = with_timeout(with_value(loop.background(), answer_key, 42), 1s);
    auto       running = loop.start(when_all(ctx, work));

    clock.advance(1s);
    EXPECT_FALSE(running.finished());
    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_TRUE(cleaned_up);
    EXPECT_EQ(std::get<0>(running.value()), 3);
}

TEST(shield, ends_its_function_at_its_own_bound)
{
    CURFEW_PROVES("O4");
    manual_clock clock;
    test_loop    loop(clock);
    auto         forever = [](context c) -> task<> { co_await sleep_for(c, 1h); };
    auto         running = loop.start(shield(loop.background(), 1s, forever));

    clock.advance(1s);

    EXPECT_EQ(running.error(), errc::deadline_exceeded);
    EXPECT_EQ(running.cause().configured(), 1s);
    EXPECT_EQ(running.cause().scope(), "shield");
}

TEST(shield, ignores_a_cancellation_of_the_awaiting_coroutine)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         work    = [](context c) -> task<> { co_await sleep_for(c, 1s); };
    auto         running = loop.start(shield(loop.background(), 1h, work));

    running.cancel();
    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_FALSE(running.exception());
}

TEST(shield, tells_the_work_it_belongs_to_that_it_is_shielded)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         work    = [](context c) -> task<> { co_await sleep_for(c, 1s); };
    auto         running = loop.start(shield(loop.background(), 1h, work));

    EXPECT_TRUE(loop.background().life().work().shielded());
    clock.advance(1s);

    EXPECT_TRUE(running.finished());
    EXPECT_FALSE(loop.background().life().work().shielded());
}

}  // namespace
}  // namespace curfew
