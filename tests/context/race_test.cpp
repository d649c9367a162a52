#include <curfew/race.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(race, gives_the_first_success_after_the_losers_are_canceled_and_joined)
{
    CURFEW_PROVES("O7");
    manual_clock clock;
    test_loop    loop(clock);
    bool         joined = false;
    auto         slow   = [&](context c) -> task<std::string> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        EXPECT_EQ(c.cause().kind(), cause_kind::race_lost);
        co_await sleep_for(without_cancel(c), 1s);
        joined = true;
        co_return "slow";
    };
    auto quick   = [](context c) -> task<std::string> { co_await sleep_for(c, 1s); co_return "quick"; };
    auto running = loop.start(race(loop.background(), slow, quick));

    clock.advance(1s);
    EXPECT_FALSE(running.finished());
    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_TRUE(joined);
    EXPECT_EQ(running.value().index(), 1u);
    EXPECT_EQ(running.value().value(), "quick");
}

TEST(race, is_won_by_the_function_named_first_when_two_finish_together)
{
    CURFEW_PROVES("O7");
    manual_clock clock;
    test_loop    loop(clock);
    // Both are resumed in the same turn, the second function before the first.
    auto second  = [](context) -> task<int> { co_await boost::asio::post(boost::asio::use_awaitable); co_return 2; };
    auto first   = [](context) -> task<int> {
        co_await boost::asio::post(boost::asio::use_awaitable);
        co_await boost::asio::post(boost::asio::use_awaitable);
        co_return 1;
    };
    auto running = loop.start(race(loop.background(), first, second));

    ASSERT_TRUE(running.finished());
    EXPECT_EQ(running.value().index(), 0u);
    EXPECT_EQ(running.value().value(), 1);
}

TEST(race, is_not_ended_by_a_failure)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         failing = [](context) -> task<> { throw std::runtime_error("no"); co_return; };
    auto         winning = [](context c) -> task<> { co_await sleep_for(c, 1s); };
    auto         running = loop.start(race(loop.background(), failing, winning));

    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_EQ(running.value().index(), 1u);
}

TEST(race, throws_the_first_error_when_all_fail)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         late  = [](context c) -> task<> { co_await sleep_for(c, 2s); throw std::runtime_error("late"); };
    auto         early = [](context c) -> task<> { co_await sleep_for(c, 1s); throw std::logic_error("early"); };
    auto         running = loop.start(race(loop.background(), late, early));

    clock.advance(2s);

    ASSERT_TRUE(running.finished());
    EXPECT_THROW(std::rethrow_exception(running.exception()), std::logic_error);
}

TEST(race, throws_the_contexts_error_when_the_context_ends_first)
{
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx     = with_timeout(loop.background(), 1s);
    auto         f       = [](context c) -> task<> { co_await sleep_for(c, 1h); };
    auto         running = loop.start(race(ctx, f, f));

    clock.advance(1s);

    EXPECT_EQ(running.error(), errc::deadline_exceeded);
    EXPECT_EQ(running.cause(), ctx.cause());
}

TEST(race, is_destroyed_with_its_io_context_between_the_first_success_and_its_end)
{
    const auto token = std::make_shared<int>();
    {
        boost::asio::io_context io(1);
        const auto              ctx   = background(io);
        bool                    won   = false;
        auto                    wins  = [&](context c) -> task<> { co_await sleep_for(c, 0ms); won = true; };
        auto                    waits = [](context c) -> task<> { co_await sleep_for(c, 1h); };
        auto body = [&](context c, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            co_await race(c, wins, waits);
        };
        boost::asio::co_spawn(io, body(ctx, token), [](std::exception_ptr) { ADD_FAILURE(); });
        while (!won) io.run_one();
        io.run_one();  // the winner's completion, which puts the decision behind it in the queue
    }

    EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace curfew
