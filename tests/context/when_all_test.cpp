#include <curfew/when_all.hpp>

#include <curfew/bind_context.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(when_all, gives_the_results_in_argument_order_whatever_the_order_of_completion)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         slow    = [](context c) -> task<int> { co_await sleep_for(c, 2s); co_return 1; };
    auto         quick   = [](context c) -> task<std::string> { co_await sleep_for(c, 1s); co_return "two"; };
    auto         nothing = [](context) -> task<> { co_return; };
    auto         all     = loop.start(when_all(loop.background(), slow, quick, nothing));

    clock.advance(2s);

    ASSERT_TRUE(all.finished());
    EXPECT_EQ(all.value(), std::make_tuple(1, std::string("two"), std::monostate()));
}

TEST(when_all, cancels_the_others_with_the_first_failure_and_awaits_them)
{
    CURFEW_PROVES("C5", "O8");
    manual_clock clock;
    test_loop    loop(clock);
    bool         cleaned_up = false;
    cause        seen;
    auto failing = [](context c) -> task<int> { co_await sleep_for(c, 1s); throw std::runtime_error("first"); };
    auto waiting = [&](context c) -> task<int> {
        auto ended = co_await sleep_for(c, 1h, nothrow);
        EXPECT_EQ(std::get<0>(ended), errc::canceled);
        seen = c.cause();
        co_await sleep_for(without_cancel(c), 1s);
        cleaned_up = true;
        co_return 2;
    };
    auto all = loop.start(when_all(loop.background(), failing, waiting));

    clock.advance(1s);
    EXPECT_FALSE(all.finished());
    clock.advance(1s);

    ASSERT_TRUE(all.finished());
    EXPECT_TRUE(cleaned_up);
    EXPECT_EQ(seen.kind(), cause_kind::sibling_failed);
    EXPECT_EQ(seen.error(), all.exception());
    EXPECT_THROW(std::rethrow_exception(all.exception()), std::runtime_error);
    EXPECT_FALSE(loop.background().done());
}

TEST(when_all, calls_no_function_under_a_context_that_has_ended)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    source.cancel("no more");
    bool called = false;
    auto f      = [&](context) -> task<> { called = true; co_return; };

    auto all = loop.start(when_all(source.get_context(), f));

    EXPECT_EQ(all.error(), errc::canceled);
    EXPECT_EQ(all.cause().text(), "no more");
    EXPECT_FALSE(called);
}

TEST(when_all, throws_the_contexts_error_when_the_context_ends_meanwhile)
{
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx = with_timeout(loop.background(), 1s);
    auto         f   = [](context c) -> task<> { co_await sleep_for(c, 1h); };
    auto         all = loop.start(when_all(ctx, f, f, f));

    clock.advance(1s);

    EXPECT_EQ(all.error(), errc::deadline_exceeded);
    EXPECT_EQ(all.cause(), ctx.cause());
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(when_all, delivers_results_that_were_returned_although_the_context_has_ended)
{
    CURFEW_PROVES("O1");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    auto         f      = [&](context) -> task<int> { source.cancel(); co_return 7; };

    auto all = loop.start(when_all(source.get_context(), f));

    ASSERT_FALSE(all.exception());
    EXPECT_EQ(std::get<0>(all.value()), 7);
}

TEST(when_all, turns_an_aborted_raw_operation_of_a_function_into_the_contexts_error)
{
    CURFEW_PROVES("O5");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx = with_timeout(loop.background(), 1s);
    auto         raw = [](context) -> task<> {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
        co_await timer.async_wait(boost::asio::use_awaitable);
    };
    auto all = loop.start(when_all(ctx, raw));

    clock.advance(1s);

    EXPECT_EQ(all.error(), errc::deadline_exceeded);
}

TEST(when_all, ends_a_raw_operation_that_a_function_begins_after_the_cancel)
{
    CURFEW_PROVES("O4");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx       = with_timeout(loop.background(), 1s);
    auto         stubborn  = [](context c) -> task<> {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        for (int i = 0; i < 3; ++i) {
            auto ended = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
            EXPECT_EQ(std::get<0>(ended), boost::asio::error::operation_aborted);
        }
    };
    auto all = loop.start(when_all(ctx, stubborn));

    clock.advance(1s);
    EXPECT_FALSE(all.finished());
    clock.advance(100ms);

    EXPECT_TRUE(all.finished());
}

TEST(when_all, cancels_its_functions_when_only_the_awaiting_coroutine_is_canceled)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         f   = [](context c) -> task<> { co_await sleep_for(c, 1h); };
    auto         all = loop.start(when_all(loop.background(), f, f));

    all.cancel();
    loop.run_ready();

    EXPECT_EQ(all.error(), errc::canceled);
    EXPECT_FALSE(loop.background().done());
}

TEST(when_all, is_joined_when_it_loses_against_an_operator_or)
{
    manual_clock clock;
    test_loop    loop(clock);
    int          ended = 0;
    auto         f     = [&](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        ++ended;
    };
    auto body = [&](context ctx) -> task<> {
        using namespace boost::asio::experimental::awaitable_operators;
        auto winner = [](context c) -> task<> { co_await sleep_for(c, 1s); };
        auto either = winner(ctx) || when_all(ctx, f, f);
        co_await std::move(either);
        EXPECT_EQ(ended, 2);
    };
    auto running = loop.start(body(loop.background()));

    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_FALSE(running.exception());
}

TEST(when_all, nests)
{
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx   = with_timeout(loop.background(), 1s);
    int          ended = 0;
    auto         leaf  = [&](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        ++ended;
        c.throw_if_done();
    };
    auto branch = [&](context c) -> task<> { co_await when_all(c, leaf, leaf, leaf); };
    auto all    = loop.start(when_all(ctx, branch, branch));

    clock.advance(1s);

    EXPECT_EQ(all.error(), errc::deadline_exceeded);
    EXPECT_EQ(ended, 6);
}

TEST(when_all, runs_on_a_strand_of_a_pool_under_a_context_of_another_loop)
{
    boost::asio::thread_pool pool(2);
    auto                     source = with_cancel(background());
    std::atomic<int>         waiting{0};
    auto                     f = [&](context c) -> task<> {
        if (++waiting == 2) source.cancel("from the pool");
        co_await sleep_for(c, 1h);
    };

    auto all = boost::asio::co_spawn(boost::asio::make_strand(pool), when_all(source.get_context(), f, f),
                                     boost::asio::use_future);

    EXPECT_THROW(all.get(), context_error);
}

TEST(when_all, is_destroyed_with_its_io_context_while_it_waits)
{
    bool destroyed = false;
    struct guard {
        bool& flag;
        ~guard() { flag = true; }
    };
    auto f = [&](context c) -> task<> {
        const guard on_frame(destroyed);
        co_await sleep_for(c, 1h);
    };
    {
        boost::asio::io_context io(1);
        const auto              ctx = background(io);
        boost::asio::co_spawn(io, when_all(ctx, f, f), [](std::exception_ptr, auto&&) { ADD_FAILURE(); });
        io.poll();
    }

    EXPECT_TRUE(destroyed);
}

}  // namespace
}  // namespace curfew
