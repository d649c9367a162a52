#include <curfew/commit_point.hpp>

#include <curfew/bind_context.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/steady_timer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(commit_point, lets_the_rest_of_a_coroutine_finish_although_its_context_ends)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source   = with_cancel(loop.background());
    bool         finished = false;
    auto         work     = [&](context c) -> task<> {
        const auto committed = co_await commit_point(c, 10s);
        co_await sleep_for(committed, 1s);
        EXPECT_TRUE(c.done());
        EXPECT_FALSE(committed.done());
        // Raw operations obey it as well.
        co_await boost::asio::post(boost::asio::use_awaitable);
        finished = true;
    };
    auto running = loop.start(when_all(source.get_context(), work));

    source.cancel();
    loop.run_ready();
    EXPECT_FALSE(running.finished());
    EXPECT_TRUE(loop.background().life().work().shielded());
    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_TRUE(finished);
    EXPECT_FALSE(running.exception());
}

TEST(commit_point, lets_a_raw_operation_go_on_until_its_own_bound)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    auto         work   = [&](context c) -> task<> {
        const auto committed = co_await commit_point(c, 10s);
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
        auto                      ended = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        EXPECT_EQ(std::get<0>(ended), boost::asio::error::operation_aborted);
        EXPECT_EQ(committed.error(), errc::deadline_exceeded);
    };
    auto running = loop.start(when_all(source.get_context(), work));

    source.cancel();
    clock.advance(10s - 1ns);
    EXPECT_FALSE(running.finished());
    clock.advance(1ns);

    EXPECT_TRUE(running.finished());
}

TEST(commit_point, throws_when_its_context_has_ended_already)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    source.cancel();

    auto committing = [](context c) -> task<> { static_cast<void>(co_await commit_point(c, 1s)); };
    auto running    = loop.start(committing(source.get_context()));

    EXPECT_EQ(running.error(), errc::canceled);
    EXPECT_FALSE(loop.background().life().work().shielded());
}

TEST(commit_point, tells_the_work_it_belongs_to_only_until_what_it_protects_has_ended)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         charge = [](context c) -> task<> {
        const auto committed = co_await commit_point(c, 10s);
        co_await sleep_for(committed, 1s);
    };
    auto handle = [&](context c) -> task<> {
        co_await when_all(c, charge);
        co_await sleep_for(c, 1s);
    };
    auto running = loop.start(handle(loop.background()));

    EXPECT_TRUE(loop.background().life().work().shielded());
    clock.advance(1s);

    EXPECT_FALSE(running.finished());
    EXPECT_FALSE(loop.background().life().work().shielded());
    clock.advance(1s);
    EXPECT_TRUE(running.finished());
}

TEST(commit_point, is_listed_by_its_loop)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         work = [](context c) -> task<> {
        const auto committed = co_await commit_point(c, 10s);
        co_await sleep_for(committed, 1s);
    };
    auto                     running = loop.start(when_all(loop.background(), work));
    std::vector<std::string> names;

    loop.background().life().loop().protected_root().for_each_hook(
        [&](const detail::hook& h) { names.emplace_back(h.describe().name); });
    clock.advance(1s);

    EXPECT_THAT(names, ::testing::ElementsAre("commit_point"));
    EXPECT_TRUE(running.finished());
}

}  // namespace
}  // namespace curfew
