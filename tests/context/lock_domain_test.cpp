// Contexts that do not share their parent's lock: those of connections, of detached work, of other loops.
#include <curfew/context.hpp>

#include <curfew/after_cancel.hpp>
#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace curfew {
namespace {

using detail::node;
using testing::manual_clock;
using testing::test_loop;

/// Three contexts, one below the other; the lowest has a lock of its own, and somebody below it.
class lock_domain_test : public ::testing::Test {
protected:
    static context derive(const context& parent, node::domain kind)
    {
        auto& life = parent.life();
        return context(detail::node_ptr<detail::node_base>(new node(&parent.node(), &life, life.loop(), kind, "made", {})));
    }
    static void cancel(const context& ctx) noexcept
    {
        ctx.life().cancel(detail::make_cause(cause_kind::canceled, ctx.life(), {}));
    }

    /// One thread cancels `first`, and cannot reach `lowest`, whose lock is held. Then another one cancels `second`.
    void cancel_from_two_threads(const context& first, const context& second)
    {
        std::atomic<bool> held = false, release = false, returned = false, all_done = false;
        std::thread       holder([&] {
            lowest.life().for_each_hook([&](const detail::hook&) {
                held = true;
                held.notify_all();
                release.wait(false);
            });
        });
        held.wait(false);
        std::thread one([&] { cancel(first); });
        while (!first.done()) std::this_thread::yield();
        std::thread two([&] {
            cancel(second);
            all_done = lowest.done() && lowest.cause().kind() == cause_kind::canceled && below.done();
            returned = true;
        });

        for (int i = 0; i < 10'000 && !returned; ++i) std::this_thread::yield();  // time to return too early
        release = true;
        release.notify_all();
        for (auto* const each : {&holder, &one, &two}) each->join();

        EXPECT_TRUE(all_done);
    }

    manual_clock  clock;
    test_loop     loop{clock};
    const context top    = derive(loop.background(), node::domain::own);
    const context middle = derive(top, node::domain::shared);
    const context lowest = derive(middle, node::domain::own);
    const context below  = derive(lowest, node::domain::shared);
};

TEST_F(lock_domain_test, are_all_done_when_a_cancel_returns_although_another_one_came_first)
{
    CURFEW_PROVES("C1", "C2");
    cancel_from_two_threads(top, middle);
}

TEST_F(lock_domain_test, are_all_done_when_a_cancel_returns_although_a_descendant_is_being_canceled)
{
    CURFEW_PROVES("C2");
    cancel_from_two_threads(middle, top);
}

TEST_F(lock_domain_test, are_all_done_before_the_first_callback_runs)
{
    CURFEW_PROVES("C2");
    bool       all_done = false;
    const auto first    = after_cancel(top, [&] { all_done = middle.done() && lowest.done() && below.done(); });

    cancel(top);

    EXPECT_TRUE(all_done);
}

TEST_F(lock_domain_test, may_be_dropped_by_a_callback_of_the_cancel_that_reaches_it)
{
    CURFEW_PROVES("C11");
    std::optional<context> dropped = derive(middle, node::domain::own);
    bool                   told    = false;
    const auto             first   = after_cancel(top, [&] { dropped.reset(); });
    const auto             second  = after_cancel(lowest, [&] { told = true; });

    cancel(top);

    EXPECT_TRUE(told);
}

}  // namespace
}  // namespace curfew
