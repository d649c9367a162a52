#include <curfew/cancel_source.hpp>

#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(cancel_source, keeps_the_first_cause_and_drops_the_later_ones)
{
    CURFEW_PROVES("C1");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());

    source.cancel("first");
    source.cancel("second");

    EXPECT_EQ(source.get_context().cause().text(), "first");
}

TEST(cancel_source, has_one_cause_that_all_agree_on_when_64_threads_race)
{
    CURFEW_PROVES("C1");
    constexpr int              racers = 64, rounds = 20;
    std::optional<cancel_source> source;
    std::vector<cause>         seen(racers);
    std::barrier               line(racers + 1);
    std::vector<std::jthread>  threads;
    for (int i = 0; i < racers; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < rounds; ++round) {
                line.arrive_and_wait();
                source->cancel(std::to_string(i));
                seen[static_cast<std::size_t>(i)] = source->get_context().cause();
                line.arrive_and_wait();
            }
        });

    for (int round = 0; round < rounds; ++round) {
        source.emplace(with_cancel(background()));
        line.arrive_and_wait();
        line.arrive_and_wait();
        for (const auto& each : seen) {
            ASSERT_TRUE(each);
            ASSERT_EQ(each, source->get_context().cause());
        }
    }
}

TEST(cancel_source, has_marked_every_descendant_when_cancel_returns)
{
    CURFEW_PROVES("C2");
    manual_clock         clock;
    test_loop            loop(clock);
    auto                 source = with_cancel(loop.background());
    std::vector<context> descendants{source.get_context()};
    for (std::size_t i = 0; i < 100; ++i)
        descendants.push_back(i % 2 ? with_timeout(descendants[i / 2], 1h) : with_cancel(descendants[i / 2]).get_context());
    auto detached = without_cancel(descendants.back());

    source.cancel("all");

    for (const auto& each : descendants) {
        EXPECT_TRUE(each.done());
        EXPECT_EQ(each.error(), errc::canceled);
        EXPECT_TRUE(each.cause());
    }
    EXPECT_EQ(descendants[1].cause().kind(), cause_kind::scope_left);  // its source went at once
    EXPECT_EQ(descendants[2].cause(), source.get_context().cause());
    EXPECT_FALSE(detached.done());
}

TEST(cancel_source, cancels_neither_parent_nor_sibling)
{
    CURFEW_PROVES("C5");
    manual_clock clock;
    test_loop    loop(clock);
    auto         parent  = with_cancel(loop.background());
    auto         child   = with_cancel(parent.get_context());
    auto         sibling = with_cancel(parent.get_context());

    child.cancel();

    EXPECT_TRUE(child.get_context().done());
    EXPECT_FALSE(sibling.get_context().done());
    EXPECT_FALSE(parent.get_context().done());
    EXPECT_FALSE(loop.background().done());
}

TEST(cancel_source, leaves_a_child_that_was_canceled_first_its_own_cause)
{
    CURFEW_PROVES("C4");
    manual_clock clock;
    test_loop    loop(clock);
    auto         parent = with_cancel(loop.background());
    auto         child  = with_cancel(parent.get_context());

    child.cancel("c2");
    parent.cancel("c1");

    EXPECT_EQ(child.get_context().cause().text(), "c2");
    EXPECT_EQ(parent.get_context().cause().text(), "c1");
}

TEST(cancel_source, gives_parent_and_child_the_parents_cause_when_the_parent_is_canceled_first)
{
    CURFEW_PROVES("C4");
    manual_clock clock;
    test_loop    loop(clock);
    auto         parent = with_cancel(loop.background());
    auto         child  = with_cancel(parent.get_context());

    parent.cancel("c1");
    child.cancel("c2");

    EXPECT_EQ(child.get_context().cause().text(), "c1");
    EXPECT_EQ(child.get_context().cause(), parent.get_context().cause());
}

TEST(cancel_source, cancels_with_scope_left_what_outlives_it)
{
    manual_clock           clock;
    test_loop              loop(clock);
    std::optional<context> kept;
    {
        auto source = with_cancel(loop.background(), "fetch");
        kept        = with_timeout(source.get_context(), 1h);
    }

    EXPECT_EQ(kept->error(), errc::canceled);
    EXPECT_EQ(kept->cause().kind(), cause_kind::scope_left);
    EXPECT_EQ(kept->cause().scope(), "fetch");
    kept.reset();
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(cancel_source, leaves_its_old_scope_when_it_is_assigned_another)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    const auto   before = source.get_context();

    source = with_cancel(loop.background());

    EXPECT_EQ(before.cause().kind(), cause_kind::scope_left);
    EXPECT_FALSE(source.get_context().done());
}

}  // namespace
}  // namespace curfew
