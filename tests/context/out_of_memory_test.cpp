// What happens to children and causes when the heap is empty.
#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task_group.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <new>
#include <string>
#include <vector>

#include "counted_memory.hpp"
#include "sanitizers.hpp"

#if !CURFEW_SANITIZED

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

/// The allocation with this number, from now on, fails while in scope.
class failing_allocation {
public:
    explicit failing_allocation(long number) { counted_memory::until_failure = number; }
    ~failing_allocation() { counted_memory::until_failure = std::numeric_limits<long>::max(); }

    static bool came() { return counted_memory::until_failure < 0; }
};

/// Keeps the blocks that would be used again, so that contexts have to come from the heap.
std::vector<context> use_up_recycled(const context& parent)
{
    std::vector<context> held;
    for (int i = 0; i < 100; ++i) held.push_back(with_cancel(parent).get_context());
    return held;
}

/// Four tasks, two at a time; the first fails after a second.
task<> four_tasks(context ctx)
{
    auto fail = [](context c) -> task<> {
        co_await sleep_for(c, 1s);
        throw std::string("failed");
    };
    auto wait = [](context c) -> task<> { co_await sleep_for(c, 2s); };
    auto body = [&](task_group& group, context) -> task<> {
        group.limit(2);
        group.start(fail);
        for (int i = 0; i < 3; ++i) group.start(wait);
        co_return;
    };
    co_await with_task_group(ctx, body);
}

TEST(task_group, joins_its_tasks_and_throws_whichever_allocation_fails)
{
    for (long number = 0;; ++number) {
        manual_clock clock;
        test_loop    loop(clock);
        const auto   held    = use_up_recycled(loop.background());
        auto         running = loop.start(four_tasks(loop.background()));
        bool         came    = false;
        {
            const failing_allocation fails(number);
            try {
                clock.advance(1s);
            } catch (const std::bad_alloc&) {
                // The clock's own; if it was a handler's, somebody is not joined below.
            }
            came = fails.came();
        }
        clock.advance(10s);

        EXPECT_TRUE(running.finished()) << "allocation " << number;
        EXPECT_TRUE(running.exception()) << "allocation " << number;
        if (!came) return;
        ASSERT_LT(number, 1000);
    }
}

TEST(cancel_source, cancels_without_memory)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    std::string  reason = "a reason that is longer than what a string holds in itself, with a few more words";
    {
        std::vector<cancel_source> recycled;
        for (int i = 0; i < 100; ++i) recycled.push_back(with_cancel(loop.background()));
        for (auto& each : recycled) each.cancel();
        const failing_allocation fails(0);
        source.cancel(std::move(reason));
    }

    EXPECT_EQ(source.get_context().error(), errc::canceled);
    EXPECT_EQ(source.get_context().cause().kind(), cause_kind::canceled);
    EXPECT_EQ(source.get_context().cause().text(), "");
}

}  // namespace
}  // namespace curfew

#endif
