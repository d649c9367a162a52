#include <curfew/context.hpp>

#include <curfew/after_cancel.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

constexpr context_key<int>         number_key{"number"};
constexpr context_key<std::string> text_key{"text"};
constexpr context_key<int>         other_number_key{"number"};

// ---- derivation

TEST(with_cancel, gives_a_child_of_a_canceled_parent_the_parents_cause_and_no_timer)
{
    CURFEW_PROVES("C3");
    manual_clock clock;
    test_loop    loop(clock);
    auto         parent = with_cancel(loop.background());
    parent.cancel("gone");

    const auto child      = with_timeout(parent.get_context(), 1s);
    const auto grandchild = with_cancel(child);
    loop.run_ready();

    EXPECT_TRUE(child.done());
    EXPECT_EQ(child.cause(), parent.get_context().cause());
    EXPECT_EQ(grandchild.get_context().cause(), parent.get_context().cause());
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(with_timeout, keeps_the_parents_deadline_when_it_is_sooner)
{
    CURFEW_PROVES("C6");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   parent = with_timeout(loop.background(), 1s, "parent");
    loop.run_ready();
    ASSERT_EQ(clock.pending_timers(), 1u);

    const auto child = with_timeout(parent, 10s, "child");
    loop.run_ready();

    EXPECT_EQ(child.deadline(), parent.deadline());
    EXPECT_EQ(clock.pending_timers(), 1u);                     // asking for a later one arms nothing
    EXPECT_EQ(child.life().setting().configured, 10s);         // what was asked for stays visible
    clock.advance(1s);
    EXPECT_EQ(child.cause().scope(), "parent");
    EXPECT_EQ(child.cause().configured(), 1s);
}

TEST(with_timeout, shortens_the_parents_deadline_for_the_child_only)
{
    CURFEW_PROVES("C5", "C6");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   parent = with_timeout(loop.background(), 10s);
    const auto   child  = with_timeout(parent, 1s);

    EXPECT_EQ(child.remaining(), 1s);
    EXPECT_EQ(parent.remaining(), 10s);
    clock.advance(1s);

    EXPECT_EQ(child.error(), errc::deadline_exceeded);
    EXPECT_FALSE(parent.done());
    EXPECT_EQ(child.remaining(), 0s);
}

TEST(with_deadline, keeps_the_origin_of_the_deadline_that_binds)
{
    CURFEW_PROVES("C6", "P3");
    manual_clock                   clock;
    test_loop                      loop(clock);
    detail::node_ptr<detail::node> route(new detail::node(&loop.background().node(), &loop.background().life(),
                                                          loop.background().life().loop(),
                                                          detail::node::domain::shared, "route", {}));
    route->set_deadline(clock.now() + 1s, {deadline_origin::route, "", 1s, {}}, clock.now());
    const context outer(detail::node_ptr<detail::node_base>::share(*route));

    const auto longer  = with_timeout(outer, 2s);
    const auto shorter = with_timeout(outer, 500ms);

    EXPECT_EQ(longer.deadline_set_by(), deadline_origin::route);
    EXPECT_EQ(shorter.deadline_set_by(), deadline_origin::timeout_in_code);
    EXPECT_EQ(loop.background().deadline_set_by(), deadline_origin::none);
    clock.advance(1s);
    EXPECT_EQ(longer.cause().origin(), deadline_origin::route);
    EXPECT_EQ(shorter.cause().origin(), deadline_origin::timeout_in_code);
}

TEST(with_deadline, ends_at_once_when_it_has_already_passed)
{
    CURFEW_PROVES("C7");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());

    const auto ctx = with_deadline(source.get_context(), clock.now() - 1s);
    source.cancel("later");
    loop.run_ready();

    EXPECT_EQ(ctx.error(), errc::deadline_exceeded);
    EXPECT_EQ(ctx.cause().kind(), cause_kind::deadline_exceeded);
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST(with_deadline, may_be_the_earliest_time_there_is)
{
    manual_clock clock;
    test_loop    loop(clock);

    const auto ctx = with_deadline(loop.background(), time_point::min());

    EXPECT_EQ(ctx.error(), errc::deadline_exceeded);
    EXPECT_EQ(ctx.remaining(), duration::zero());
}

TEST(with_timeout, has_exactly_one_cause_when_a_cancel_comes_at_the_instant_of_expiry)
{
    CURFEW_PROVES("C8");
    for (const bool cancel_armed_first : {true, false}) {
        manual_clock                 clock;
        test_loop                    loop(clock);
        auto                         source = with_cancel(loop.background());
        std::optional<context>       ctx;
        std::vector<cause>           seen;
        const auto arm_deadline = [&] { ctx = with_timeout(source.get_context(), 1s); };
        const auto arm_cancel   = [&] {
            sleep_for(loop.background(), 1s, [&](error_code) { source.cancel("at the same instant"); });
        };
        if (cancel_armed_first)
            arm_cancel(), arm_deadline();
        else
            arm_deadline(), arm_cancel();
        const auto child    = with_cancel(*ctx);
        const auto callback = after_cancel(*ctx, [&] { seen.push_back(ctx->cause()); });
        const auto below    = after_cancel(child.get_context(), [&] { seen.push_back(child.get_context().cause()); });

        clock.advance(1s);

        ASSERT_EQ(seen.size(), 2u);
        EXPECT_EQ(seen[0], ctx->cause());
        EXPECT_EQ(seen[1], ctx->cause());
        EXPECT_EQ(child.get_context().cause(), ctx->cause());
        const auto expected = ctx->cause().kind() == cause_kind::canceled ? errc::canceled : errc::deadline_exceeded;
        EXPECT_EQ(ctx->error(), expected);
    }
}

TEST(with_timeout, can_be_derived_on_another_thread_and_has_its_deadline_at_once)
{
    manual_clock           clock;
    test_loop              loop(clock);
    std::optional<context> ctx;

    std::thread([&] {
        ctx = with_timeout(loop.background(), 1s);
        EXPECT_EQ(ctx->deadline(), clock.now() + 1s);
    }).join();
    clock.advance(1s);

    EXPECT_EQ(ctx->error(), errc::deadline_exceeded);
    ctx.reset();
}

TEST(without_cancel, keeps_values_and_trace_and_drops_cancellation_deadline_and_cause)
{
    CURFEW_PROVES("C9");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   trace  = trace_context::generate();
    auto         source = with_cancel(with_value(with_trace(loop.background(), trace), number_key, 7));
    const auto   timed  = with_timeout(source.get_context(), 1s);
    const auto   before = without_cancel(timed);
    source.cancel();
    const auto after = without_cancel(timed);
    clock.advance(2s);

    for (const auto& ctx : {before, after}) {
        EXPECT_FALSE(ctx.done());
        EXPECT_FALSE(ctx.cause());
        EXPECT_FALSE(ctx.deadline());
        EXPECT_EQ(ctx.trace(), trace);
        ASSERT_TRUE(ctx.value(number_key));
        EXPECT_EQ(*ctx.value(number_key), 7);
    }
}

// ---- values

TEST(with_value, is_found_at_the_nearest_ancestor)
{
    CURFEW_PROVES("C14");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   outer = with_value(loop.background(), number_key, 1);
    const auto   named = with_value(outer, text_key, "one");
    const auto   inner = with_value(with_timeout(named, 1h), number_key, 2);

    EXPECT_EQ(*inner.value(number_key), 2);
    EXPECT_EQ(*named.value(number_key), 1);
    EXPECT_EQ(*inner.value(text_key), "one");
}

TEST(with_value, gives_null_for_a_key_that_is_missing_or_only_has_the_same_name)
{
    CURFEW_PROVES("C14");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx = with_value(loop.background(), number_key, 1);

    EXPECT_EQ(ctx.value(other_number_key), nullptr);
    EXPECT_EQ(ctx.value(text_key), nullptr);
    static_assert(std::is_same_v<decltype(ctx.value(text_key)), const std::string*>);
    static_assert(noexcept(ctx.value(text_key)));
}

TEST(with_value, adds_no_registration_to_its_parent)
{
    CURFEW_PROVES("C16");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());

    const auto ctx = with_value(source.get_context(), number_key, 1);

    int hooks = 0;
    source.get_context().life().for_each_hook([&](const detail::hook&) { ++hooks; });
    EXPECT_EQ(hooks, 0);
    EXPECT_EQ(&ctx.life(), &source.get_context().life());
}

// ---- size

TEST(context, ends_100000_children_and_a_chain_of_a_million_without_recursion)
{
    CURFEW_PROVES("C13");
    manual_clock clock;
    test_loop    loop(clock);
    {
        auto                       source = with_cancel(loop.background());
        std::vector<context>       children;
        for (int i = 0; i < 100'000; ++i) children.push_back(with_timeout(source.get_context(), 1h));
        // A long chain: each the child of the one before.
        std::optional<context> last = source.get_context();
        for (int i = 0; i < 100'000; ++i) last = with_timeout(*last, std::chrono::hours(2) + std::chrono::seconds(i));
        source.cancel();
        EXPECT_TRUE(children.back().done());
        EXPECT_TRUE(last->done());
    }
    std::optional<context> deep = loop.background();
    for (int i = 0; i < 1'000'000; ++i) deep = with_value(*deep, number_key, i);

    deep.reset();

    loop.run_ready();
    EXPECT_EQ(clock.pending_timers(), 0u);
    EXPECT_EQ(loop.leaks(), "");
}

TEST(context, leaves_nothing_behind_in_a_long_lived_parent)
{
    CURFEW_PROVES("C13");
    manual_clock clock;
    test_loop    loop(clock);

    for (int i = 0; i < 100'000; ++i) static_cast<void>(with_cancel(loop.background()));

    EXPECT_EQ(loop.background().node().references(), 1u);
    EXPECT_EQ(loop.leaks(), "");
}

// ---- the io_context goes first

TEST(context, may_outlive_its_io_context)
{
    std::optional<context> kept;
    {
        boost::asio::io_context io(1);
        kept = with_timeout(background(io), 1h);
        io.poll();
    }

    EXPECT_FALSE(kept->done());
    const auto child = with_timeout(*kept, 1s);
    EXPECT_TRUE(child.deadline());
}

TEST(context, arms_nothing_once_its_io_context_is_gone)
{
    std::optional<context> kept;
    {
        boost::asio::io_context io(1);
        kept = background(io);
    }
    detail::deadline_entry entry([](detail::deadline_entry&, detail::deadline_event) {});

    kept->life().loop().arm(entry, std::chrono::steady_clock::now());

    EXPECT_FALSE(entry.armed());
}

TEST(context, is_freed_without_recursion_when_a_chain_of_deadlines_outlives_its_io_context)
{
    CURFEW_PROVES("C13");
    manual_clock           clock;
    std::optional<context> last;
    {
        boost::asio::io_context io(1);
        use_clock(io, clock);
        last = background(io);
        boost::asio::post(io, [&] {
            const auto latest = clock.now() + 1h;
            for (int i = 0; i < 200'000; ++i) last = with_deadline(*last, latest - i * 1us);
        });
        io.poll();
    }

    last.reset();

    SUCCEED() << "the stack has held";
}

TEST(context, drops_sleeps_that_are_pending_when_its_io_context_is_destroyed)
{
    bool called = false, destroyed = false;
    struct guard {
        bool* flag;
        explicit guard(bool* f) : flag(f) {}
        guard(guard&& other) noexcept : flag(std::exchange(other.flag, nullptr)) {}
        ~guard()
        {
            if (flag) *flag = true;
        }
    };
    std::optional<context> ctx;
    {
        boost::asio::io_context io(1);
        ctx = with_timeout(background(io), 1h);
        sleep_for(*ctx, 30min, [&called, held = guard(&destroyed)](error_code) { called = true; });
        io.poll();
    }

    EXPECT_FALSE(called);
    EXPECT_TRUE(destroyed);
}

}  // namespace
}  // namespace curfew
