#include <curfew/stop_token.hpp>

#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(stop_on_cancel, requests_a_stop_when_the_context_ends)
{
    manual_clock         clock;
    test_loop            loop(clock);
    const auto           ctx = with_timeout(loop.background(), 1s);
    const stop_on_cancel bridge(ctx);
    const auto           token = bridge.get_token();

    EXPECT_FALSE(token.stop_requested());
    clock.advance(1s);

    EXPECT_TRUE(token.stop_requested());
}

TEST(stop_on_cancel, has_requested_the_stop_already_when_the_context_has_ended)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    source.cancel();

    const stop_on_cancel bridge(source.get_context());

    EXPECT_TRUE(bridge.get_token().stop_requested());
}

TEST(stop_on_cancel, cuts_the_connection_when_it_is_destroyed)
{
    manual_clock                  clock;
    test_loop                     loop(clock);
    auto                          source = with_cancel(loop.background());
    std::optional<stop_on_cancel> bridge(source.get_context());
    const auto                    token = bridge->get_token();

    bridge.reset();
    source.cancel();

    EXPECT_FALSE(token.stop_requested());
}

TEST(cancel_on_stop, cancels_its_context_when_a_stop_is_requested)
{
    manual_clock         clock;
    test_loop            loop(clock);
    std::stop_source     stop;
    const cancel_on_stop bridge(loop.background(), stop.get_token());

    EXPECT_FALSE(bridge.get_context().done());
    stop.request_stop();

    EXPECT_EQ(bridge.get_context().error(), errc::canceled);
    EXPECT_EQ(bridge.get_context().cause().text(), "stop requested");
    EXPECT_FALSE(loop.background().done());
}

TEST(cancel_on_stop, gives_a_context_that_has_ended_when_the_stop_was_requested_before)
{
    manual_clock     clock;
    test_loop        loop(clock);
    std::stop_source stop;
    stop.request_stop();

    const cancel_on_stop bridge(loop.background(), stop.get_token());

    EXPECT_TRUE(bridge.get_context().done());
}

}  // namespace
}  // namespace curfew
