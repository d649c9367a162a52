#include <curfew/after_cancel.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

TEST(after_cancel, runs_once_on_the_canceling_thread)
{
    CURFEW_PROVES("C10");
    manual_clock    clock;
    test_loop       loop(clock);
    auto            source = with_cancel(loop.background());
    int             runs   = 0;
    std::thread::id where;
    auto            registration = after_cancel(source.get_context(), [&] {
        ++runs;
        where = std::this_thread::get_id();
    });

    std::thread canceling([&] {
        source.cancel();
        EXPECT_EQ(where, std::this_thread::get_id());
    });
    canceling.join();
    source.cancel();

    EXPECT_EQ(runs, 1);
    EXPECT_FALSE(registration.stop());
}

TEST(after_cancel, runs_on_the_executor_that_it_is_given)
{
    CURFEW_PROVES("C10");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source       = with_cancel(loop.background());
    int          runs         = 0;
    auto         registration = after_cancel(source.get_context(), loop.io().get_executor(), [&] { ++runs; });

    source.cancel();
    EXPECT_EQ(runs, 0);
    loop.run_ready();

    EXPECT_EQ(runs, 1);
}

TEST(after_cancel, can_be_withdrawn_until_it_begins_on_its_executor)
{
    CURFEW_PROVES("C10");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source       = with_cancel(loop.background());
    int          runs         = 0;
    auto         registration = after_cancel(source.get_context(), loop.io().get_executor(), [&] { ++runs; });

    source.cancel();
    EXPECT_TRUE(registration.stop());
    EXPECT_FALSE(registration.stop());
    loop.run_ready();

    EXPECT_EQ(runs, 0);
}

TEST(after_cancel, runs_at_once_and_without_a_lock_when_the_context_has_ended)
{
    CURFEW_PROVES("C10");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    source.cancel();
    int runs = 0;

    // Deriving and registering take the lock of the tree: they would hang under it.
    auto registration = after_cancel(source.get_context(), [&] {
        auto child = with_cancel(source.get_context());
        auto inner = after_cancel(child.get_context(), [&] { ++runs; });
        ++runs;
    });

    EXPECT_EQ(runs, 2);
    EXPECT_FALSE(registration.stop());
}

TEST(after_cancel, never_runs_and_is_stopped_both_or_neither_when_threads_race)
{
    CURFEW_PROVES("C10");
    constexpr int                      rounds = 2000;
    std::optional<cancel_source>       source;
    std::optional<cancel_registration> registration;
    std::atomic<int>                   runs{0};
    std::barrier                       line(2);
    std::thread                        canceling([&] {
        for (int i = 0; i < rounds; ++i) {
            line.arrive_and_wait();
            source->cancel();
            line.arrive_and_wait();
        }
    });

    int stopped = 0;
    for (int i = 0; i < rounds; ++i) {
        source.emplace(with_cancel(background()));
        registration.emplace(after_cancel(source->get_context(), [&] { ++runs; }));
        line.arrive_and_wait();
        if (registration->stop()) ++stopped;
        line.arrive_and_wait();
    }
    canceling.join();

    EXPECT_EQ(runs + stopped, rounds);
}

TEST(after_cancel, may_cancel_derive_register_and_withdraw_in_a_callback)
{
    CURFEW_PROVES("C11");
    manual_clock                       clock;
    test_loop                          loop(clock);
    auto                               source = with_cancel(loop.background());
    int                                runs   = 0;
    std::optional<cancel_registration> other;
    std::optional<cancel_registration> self;
    self  = after_cancel(source.get_context(), [&] {
        source.cancel("again");
        auto child  = with_timeout(source.get_context(), 1s);
        auto nested = after_cancel(child, [&] { ++runs; });
        other->stop();
        self.reset();  // within the callback: does not wait for itself
        ++runs;
    });
    other = after_cancel(source.get_context(), [&] { ADD_FAILURE() << "withdrawn by the first callback"; });

    source.cancel();

    EXPECT_EQ(runs, 2);
    other.reset();
}

TEST(after_cancel, runs_the_other_callbacks_when_one_throws)
{
    CURFEW_PROVES("C11");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    int          runs   = 0;
    auto         first  = after_cancel(source.get_context(), [&] { ++runs; });
    auto         bad    = after_cancel(source.get_context(), [] { throw std::runtime_error("a callback that throws"); });
    auto         last   = after_cancel(source.get_context(), [&] { ++runs; });

    source.cancel();

    EXPECT_EQ(runs, 2);
}

TEST(after_cancel, waits_in_its_destructor_while_the_callback_runs_on_another_thread)
{
    CURFEW_PROVES("C12");
    auto               source = with_cancel(background());
    std::promise<void> began;
    std::atomic<bool>  finished{false};
    std::optional<cancel_registration> registration;
    registration = after_cancel(source.get_context(), [&] {
        began.set_value();
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        finished = true;
    });
    std::thread canceling([&] { source.cancel(); });

    began.get_future().wait();
    EXPECT_FALSE(registration->stop());  // running: stop() says so, and does not wait
    registration.reset();

    EXPECT_TRUE(finished);
    canceling.join();
}

TEST(after_cancel, does_not_keep_a_callback_that_was_withdrawn)
{
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    const auto   held   = std::make_shared<int>();
    {
        auto registration = after_cancel(source.get_context(), [held] {});
        EXPECT_EQ(held.use_count(), 2);
    }

    EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace curfew
