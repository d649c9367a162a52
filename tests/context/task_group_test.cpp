#include <curfew/task_group.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(task_group, returns_what_its_function_returned_after_the_last_task_has_ended)
{
    manual_clock clock;
    test_loop    loop(clock);
    int          ended = 0;
    auto         work  = [&](context c, duration d) -> task<> {
        co_await sleep_for(c, d);
        ++ended;
    };
    auto body = [&](task_group& group, context) -> task<int> {
        for (int i = 1; i <= 5; ++i) group.start(work, i * 1s);
        co_return 42;
    };
    auto group = loop.start(with_task_group(loop.background(), body));

    clock.advance(5s - 1ns);
    EXPECT_FALSE(group.finished());
    clock.advance(1ns);

    ASSERT_TRUE(group.finished());
    EXPECT_EQ(group.value(), 42);
    EXPECT_EQ(ended, 5);
}

TEST(task_group, cancels_the_rest_with_the_first_error_and_keeps_the_later_ones)
{
    CURFEW_PROVES("O8");
    manual_clock                    clock;
    test_loop                       loop(clock);
    std::vector<cause>              causes;
    std::vector<std::exception_ptr> errors;
    auto                            first = [](context c) -> task<> {
        co_await sleep_for(c, 1s);
        throw std::runtime_error("first");
    };
    auto obedient = [&](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        causes.push_back(c.cause());
        c.throw_if_done();
    };
    auto second = [&](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        co_await sleep_for(without_cancel(c), 5s);
        throw std::logic_error("second");
    };
    auto body = [&](task_group& group, context) -> task<> {
        group.start(first);
        group.start(obedient);
        group.start(second);
        co_await group.wait();
        errors = group.errors();
    };
    auto group = loop.start(with_task_group(loop.background(), body));

    clock.advance(1s);
    EXPECT_FALSE(group.finished());
    clock.advance(5s);

    ASSERT_TRUE(group.finished());
    EXPECT_THROW(std::rethrow_exception(group.exception()), std::runtime_error);
    ASSERT_EQ(causes.size(), 1u);
    EXPECT_EQ(causes[0].kind(), cause_kind::sibling_failed);
    EXPECT_EQ(causes[0].error(), group.exception());
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0], group.exception());
    EXPECT_THROW(std::rethrow_exception(errors[1]), std::logic_error);
}

TEST(task_group, joins_its_tasks_when_its_function_throws)
{
    CURFEW_PROVES("O8");
    manual_clock clock;
    test_loop    loop(clock);
    bool         ended = false;
    auto         work  = [&](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        EXPECT_EQ(c.cause().kind(), cause_kind::sibling_failed);
        ended = true;
    };
    auto body = [&](task_group& group, context) -> task<> {
        group.start(work);
        throw std::runtime_error("the function itself");
        co_return;
    };

    auto group = loop.start(with_task_group(loop.background(), body));

    ASSERT_TRUE(group.finished());
    EXPECT_THROW(std::rethrow_exception(group.exception()), std::runtime_error);
    EXPECT_TRUE(ended);
}

TEST(task_group, runs_no_more_than_the_limit_at_once_and_starts_the_rest_in_order)
{
    manual_clock     clock;
    test_loop        loop(clock);
    std::vector<int> order;
    int              running = 0, most = 0;
    auto             work = [&](context c, int i) -> task<> {
        order.push_back(i);
        most = std::max(most, ++running);
        co_await sleep_for(c, 1s);
        --running;
    };
    auto body = [&](task_group& group, context) -> task<> {
        group.limit(2);
        for (int i = 0; i < 5; ++i) group.start(work, i);
        EXPECT_EQ(group.running(), 2u);
        EXPECT_EQ(group.waiting(), 3u);
        co_return;
    };
    auto group = loop.start(with_task_group(loop.background(), body));

    clock.advance(3s);

    EXPECT_TRUE(group.finished());
    EXPECT_EQ(most, 2);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(task_group, never_calls_a_task_that_waits_when_the_group_is_canceled)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source  = with_cancel(loop.background());
    int          started = 0;
    auto         work    = [&](context c) -> task<> {
        ++started;
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
    };
    auto body = [&](task_group& group, context) -> task<> {
        group.limit(1);
        group.start(work);
        group.start(work);
        co_return;
    };
    auto group = loop.start(with_task_group(source.get_context(), body));

    source.cancel();
    loop.run_ready();

    EXPECT_EQ(group.error(), errc::canceled);  // the second was not done, so this is no success
    EXPECT_EQ(started, 1);
}

TEST(task_group, ends_raw_operations_of_its_function_when_a_task_fails)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         outer = with_timeout(loop.background(), 1h);
    auto         work  = [](context c) -> task<> {
        co_await sleep_for(c, 1s);
        throw std::runtime_error("first");
    };
    auto body = [&](task_group& group, context) -> task<> {
        group.start(work);
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
        co_await timer.async_wait(boost::asio::use_awaitable);
    };
    auto in_a_home = [&](task_group& group, context) -> task<> {
        auto inner = [&](context c) -> task<> { co_await with_task_group(c, body); };
        group.start(inner);
        co_return;
    };
    auto group = loop.start(with_task_group(outer, in_a_home));

    clock.advance(1s);

    ASSERT_TRUE(group.finished());
    EXPECT_THROW(std::rethrow_exception(group.exception()), std::runtime_error);
}

TEST(task_group, cancels_its_tasks_when_only_the_awaiting_coroutine_is_canceled)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         work = [](context c) -> task<> { co_await sleep_for(c, 1h); };
    auto         body = [&](task_group& group, context) -> task<> { group.start(work); co_return; };
    auto         group = loop.start(with_task_group(loop.background(), body));

    group.cancel();
    loop.run_ready();

    EXPECT_EQ(group.error(), errc::canceled);
}

TEST(task_group, is_joined_although_the_awaiting_coroutine_throws_at_every_await_once_it_is_canceled)
{
    manual_clock clock;
    test_loop    loop(clock);
    bool         ended = false;
    auto         work  = [&](context c) -> task<> {
        co_await sleep_for(without_cancel(c), 1s);
        ended = true;
    };
    auto body  = [&](task_group& group, context c) -> task<> { group.start(work); co_await sleep_for(c, 1h); };
    auto group = loop.start(with_task_group(loop.background(), body));

    group.cancel();  // a plain co_spawn: throw_if_cancelled is on
    loop.run_ready();
    EXPECT_FALSE(group.finished());
    clock.advance(1s);

    EXPECT_TRUE(group.finished());
    EXPECT_TRUE(ended);
}

TEST(task_group, ends_the_contexts_that_outlive_it)
{
    manual_clock           clock;
    test_loop              loop(clock);
    std::optional<context> kept;
    auto                   body = [&](task_group&, context c) -> task<> { kept = c; co_return; };

    auto group = loop.start(with_task_group(loop.background(), body));

    EXPECT_EQ(kept->cause().kind(), cause_kind::scope_left);
    kept.reset();
}

TEST(task_group, is_destroyed_with_its_io_context_while_its_function_waits_itself)
{
    auto work = [](context c) -> task<> { co_await sleep_for(c, 1h); };
    auto body = [&](task_group& group, context c) -> task<> {
        group.start(work);
        co_await sleep_for(c, 1h);
    };
    boost::asio::io_context io(1);

    boost::asio::co_spawn(io, with_task_group(background(io), body), [](std::exception_ptr) { ADD_FAILURE(); });
    io.poll();
}

}  // namespace
}  // namespace curfew
