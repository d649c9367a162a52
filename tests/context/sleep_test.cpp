#include <curfew/sleep.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(sleep_for, completes_at_exactly_its_time)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         sleeping = loop.start(sleep_for(loop.background(), 20ms));

    clock.advance(20ms - 1ns);
    EXPECT_FALSE(sleeping.finished());
    clock.advance(1ns);

    EXPECT_TRUE(sleeping.finished());
    EXPECT_FALSE(sleeping.exception());
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(sleep_for, ends_with_deadline_exceeded_when_the_context_expires_first)
{
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx      = with_timeout(loop.background(), 100ms);
    auto         sleeping = loop.start(sleep_for(ctx, 1h));

    clock.advance(100ms);
    loop.run_ready();

    EXPECT_EQ(sleeping.error(), errc::deadline_exceeded);
    EXPECT_EQ(sleeping.cause().origin(), deadline_origin::timeout_in_code);
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(sleep_for, completes_with_the_contexts_error_and_never_inline_when_canceled_before_the_start)
{
    CURFEW_PROVES("O2");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    source.cancel();
    bool called = false;

    boost::asio::post(loop.io(), [&] {
        sleep_for(source.get_context(), 1h, [&](error_code ec) {
            called = true;
            EXPECT_EQ(ec, errc::canceled);
        });
        EXPECT_FALSE(called);
    });
    loop.run_ready();

    EXPECT_TRUE(called);
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(sleep_for, ends_when_the_context_is_canceled_while_it_waits)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source   = with_cancel(loop.background());
    auto         sleeping = loop.start(sleep_for(source.get_context(), 1h));

    source.cancel("enough");
    EXPECT_FALSE(sleeping.finished());
    loop.run_ready();

    EXPECT_EQ(sleeping.error(), cond::canceled);
    EXPECT_EQ(sleeping.cause().text(), "enough");
    EXPECT_EQ(sleeping.cause(), source.get_context().cause());
}

TEST(sleep_for, ends_with_operation_aborted_when_only_the_awaiting_coroutine_is_canceled)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         sleeping = loop.start(sleep_for(loop.background(), 1h));

    sleeping.cancel();
    loop.run_ready();

    EXPECT_EQ(sleeping.error(), boost::asio::error::operation_aborted);
    EXPECT_NE(sleeping.error(), cond::canceled);
}

TEST(sleep_for, completes_without_a_timer_and_never_inline_when_its_time_has_come_already)
{
    manual_clock clock;
    test_loop    loop(clock);
    bool         called = false;

    boost::asio::post(loop.io(), [&] {
        sleep_for(loop.background(), 0ms, [&](error_code ec) {
            called = true;
            EXPECT_FALSE(ec);
        });
        EXPECT_FALSE(called);
        EXPECT_EQ(clock.pending_timers(), 0u);
    });
    loop.run_ready();

    EXPECT_TRUE(called);
}

TEST(sleep_for, does_not_throw_when_it_is_awaited_with_nothrow)
{
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx  = with_timeout(loop.background(), 10ms);
    auto         body = [](context c) -> task<error_code> {
        auto result = co_await sleep_for(c, 1h, nothrow);
        co_return std::get<0>(result);
    };
    auto sleeping = loop.start(body(ctx));

    clock.advance(10ms);
    loop.run_ready();

    ASSERT_TRUE(sleeping.finished());
    EXPECT_EQ(sleeping.value(), errc::deadline_exceeded);
}

TEST(sleep_for, lets_what_its_callback_throws_out_of_run_and_the_next_one_have_its_turn)
{
    boost::asio::io_context io(1);
    const auto              ctx  = background(io);
    bool                    next = false;
    sleep_for(ctx, 1ms, [](error_code) { throw std::runtime_error("from the callback"); });
    sleep_for(ctx, 2ms, [&](error_code) { next = true; });

    EXPECT_THROW(io.run(), std::runtime_error);
    io.run();

    EXPECT_TRUE(next);
}

/// A sleep started on a thread other than the loop's, and canceled on the loop before that got to arm it.
class sleep_canceled_before_it_is_armed : public ::testing::Test {
protected:
    sleep_canceled_before_it_is_armed()
    {
        boost::asio::post(*io, [this] { signal.emit(boost::asio::cancellation_type::terminal); });
        sleep_for(root, 1h, boost::asio::bind_cancellation_slot(signal.slot(), [this, held = token](error_code ec) {
                      ++completions;
                      result = ec;
                  }));
    }

    boost::asio::cancellation_signal         signal;
    std::shared_ptr<int>                     token = std::make_shared<int>();
    std::optional<boost::asio::io_context>   io{std::in_place, 1};
    context                                  root        = background(*io);
    int                                      completions = 0;
    error_code                               result;
};

TEST_F(sleep_canceled_before_it_is_armed, completes_once)
{
    io->run();

    EXPECT_EQ(completions, 1);
    EXPECT_EQ(result, boost::asio::error::operation_aborted);
    EXPECT_EQ(token.use_count(), 1);
}

TEST_F(sleep_canceled_before_it_is_armed, is_dropped_once_with_its_io_context)
{
    io->run_one();  // the emission; what is to arm the sleep still waits
    io.reset();

    EXPECT_EQ(completions, 0);
    EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace curfew
