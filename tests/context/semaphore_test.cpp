#include <curfew/semaphore.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace curfew {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

class semaphore_test : public ::testing::Test {
protected:
    auto start(semaphore& from) { return loop.start(from.acquire(loop.background())); }
    auto start(semaphore& from, const cancel_source& source) { return loop.start(from.acquire(source.get_context())); }

    manual_clock clock;
    test_loop    loop{clock};
};

TEST_F(semaphore_test, hands_out_as_many_permits_as_it_has_units)
{
    semaphore limit(2);
    auto      first = start(limit), second = start(limit), third = start(limit);

    EXPECT_TRUE(first.finished());
    EXPECT_TRUE(second.finished());
    EXPECT_FALSE(third.finished());
    EXPECT_EQ(limit.available(), 0u);
    EXPECT_EQ(limit.waiting(), 1u);
    first.value().release();
    loop.run_ready();

    EXPECT_TRUE(third.finished());
    EXPECT_TRUE(third.value());
    EXPECT_FALSE(first.value());
}

TEST_F(semaphore_test, serves_those_who_wait_in_the_order_in_which_they_came)
{
    semaphore        limit(1);
    std::vector<int> order;
    auto             work = [&](context c, int number) -> task<> {
        const auto unit = co_await limit.acquire(c);
        order.push_back(number);
        co_await sleep_for(c, 1s);
    };
    auto first = loop.start(work(loop.background(), 1)), second = loop.start(work(loop.background(), 2)),
         third = loop.start(work(loop.background(), 3));

    clock.advance(3s);

    EXPECT_EQ(order, std::vector({1, 2, 3}));
    EXPECT_TRUE(third.finished());
    EXPECT_EQ(limit.available(), 1u);
}

TEST_F(semaphore_test, never_completes_inline)
{
    semaphore limit(1);
    bool      completed = false;

    asio::post(loop.io(), [&] {
        limit.acquire(loop.background(), [&](error_code ec, permit unit) {
            completed = true;
            EXPECT_FALSE(ec);
            EXPECT_TRUE(unit);
        });
        EXPECT_FALSE(completed);
    });
    loop.run_ready();

    EXPECT_TRUE(completed);
}

TEST_F(semaphore_test, gives_nothing_to_a_context_that_has_ended_before)
{
    CURFEW_PROVES("O2");
    semaphore limit(1);
    auto      source = with_cancel(loop.background());
    source.cancel("too late");

    auto acquiring = start(limit, source);

    EXPECT_EQ(acquiring.error(), errc::canceled);
    EXPECT_EQ(acquiring.cause().text(), "too late");
    EXPECT_EQ(limit.available(), 1u);
}

TEST_F(semaphore_test, lets_a_waiter_go_whose_context_ends)
{
    semaphore limit(1);
    auto      holder    = start(limit);
    auto      source    = with_cancel(loop.background());
    auto      acquiring = start(limit, source), next = start(limit);

    source.cancel("enough");
    loop.run_ready();

    EXPECT_EQ(acquiring.error(), cond::canceled);
    EXPECT_EQ(acquiring.cause(), source.get_context().cause());
    EXPECT_EQ(limit.waiting(), 1u);
    holder.value().release();
    loop.run_ready();
    EXPECT_TRUE(next.finished());
}

TEST_F(semaphore_test, lets_a_waiter_go_at_its_deadline_without_a_throw_if_asked)
{
    semaphore  limit(0);
    const auto ctx  = with_timeout(loop.background(), 1s);
    auto       wait = [&](context c) -> task<error_code> {
        const auto got   = co_await limit.acquire(c, nothrow);
        auto& [ec, unit] = got;
        EXPECT_FALSE(unit);
        co_return ec;
    };
    auto waiting = loop.start(wait(ctx));

    clock.advance(1s);

    ASSERT_TRUE(waiting.finished());
    EXPECT_EQ(waiting.value(), errc::deadline_exceeded);
}

TEST_F(semaphore_test, passes_a_unit_on_when_its_receiver_is_canceled_in_the_same_tick)
{
    CURFEW_PROVES("O6");
    semaphore limit(1);
    auto      holder = start(limit);
    auto      source = with_cancel(loop.background());
    auto      unlucky = start(limit, source), next = start(limit);

    asio::post(loop.io(), [&] {
        holder.value().release();  // the unit is on its way to the first in the queue
        EXPECT_EQ(limit.waiting(), 1u);
        source.cancel();
    });
    loop.run_ready();

    EXPECT_EQ(unlucky.error(), errc::canceled);
    ASSERT_TRUE(next.finished());
    EXPECT_TRUE(next.value());
    next.value().release();
    EXPECT_EQ(limit.available(), 1u);
}

TEST_F(semaphore_test, passes_a_unit_on_when_its_receiver_is_canceled_by_who_awaits_it_in_the_same_tick)
{
    CURFEW_PROVES("O6");
    semaphore limit(1);
    auto      holder  = start(limit);
    auto      unlucky = start(limit), next = start(limit);

    asio::post(loop.io(), [&] {
        holder.value().release();
        unlucky.cancel();
    });
    loop.run_ready();

    EXPECT_EQ(unlucky.error(), asio::error::operation_aborted);
    EXPECT_TRUE(next.finished());
}

TEST_F(semaphore_test, passes_a_unit_on_when_a_task_at_home_in_the_context_is_canceled_in_the_same_tick)
{
    CURFEW_PROVES("O6");
    semaphore limit(1);
    auto      holder = start(limit);
    auto      source = with_cancel(loop.background());
    auto      take   = [&](context c) -> task<> {
        const auto unit = co_await limit.acquire(c);
        ADD_FAILURE() << "was canceled before";
    };
    auto unlucky = loop.start(when_all(source.get_context(), take));

    asio::post(loop.io(), [&] {
        holder.value().release();
        source.cancel();
    });
    loop.run_ready();

    EXPECT_EQ(unlucky.error(), errc::canceled);
    EXPECT_EQ(limit.available(), 1u);
}

TEST_F(semaphore_test, refuses_those_beyond_the_most_that_may_wait)
{
    semaphore limit(1, 1);
    auto      holder = start(limit), waiting = start(limit), refused = start(limit);

    EXPECT_EQ(refused.error(), boost::system::errc::resource_unavailable_try_again);
    EXPECT_NE(refused.error(), cond::canceled);
    EXPECT_FALSE(waiting.finished());
    holder.value().release();
    loop.run_ready();
    EXPECT_TRUE(waiting.finished());
}

TEST_F(semaphore_test, gives_a_unit_without_a_wait_only_if_one_is_free)
{
    semaphore limit(1);

    auto first  = limit.try_acquire();
    auto second = limit.try_acquire();

    EXPECT_TRUE(first);
    EXPECT_FALSE(second);
    first.release();
    EXPECT_TRUE(limit.try_acquire());
}

TEST_F(semaphore_test, may_go_before_its_permits_and_its_waiters)
{
    std::optional<semaphore> limit(std::in_place, 1);
    auto                     holder = start(*limit), waiting = start(*limit);

    limit.reset();
    loop.run_ready();

    EXPECT_EQ(waiting.error(), asio::error::operation_aborted);
    holder.value().release();
}

TEST(semaphore, drops_a_coroutine_that_waits_when_its_io_context_goes)
{
    const auto held = std::make_shared<int>();
    semaphore  limit(1);
    auto       holder = limit.try_acquire();
    {
        asio::io_context io(1);
        auto             wait = [&](context c, [[maybe_unused]] std::shared_ptr<int> kept) -> task<> {
            co_await limit.acquire(c);
        };
        asio::co_spawn(io, wait(background(io), held), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
        EXPECT_EQ(limit.waiting(), 1u);
    }

    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(limit.waiting(), 0u);
    holder.release();
    EXPECT_EQ(limit.available(), 1u);
}

TEST(semaphore, takes_back_a_unit_that_was_on_its_way_when_the_io_context_goes)
{
    semaphore limit(1);
    auto      holder = limit.try_acquire();
    {
        asio::io_context io(1);
        limit.acquire(background(io), [](error_code, permit) { ADD_FAILURE(); });
        io.poll();
        holder.release();
        EXPECT_EQ(limit.available(), 0u);
    }

    EXPECT_EQ(limit.available(), 1u);
}

TEST(semaphore, keeps_a_loop_running_while_somebody_waits)
{
    asio::io_context io(1);
    semaphore        limit(1);
    auto             holder = limit.try_acquire();
    bool             got    = false;
    limit.acquire(background(io), [&](error_code, permit) { got = true; });

    io.poll();
    EXPECT_FALSE(io.stopped());
    holder.release();
    io.run();

    EXPECT_TRUE(got);
}

TEST(semaphore, serves_coroutines_on_a_strand)
{
    asio::io_context  io(1);
    asio::thread_pool pool(2);
    semaphore         limit(2);
    std::atomic<int>  inside{0}, most{0};
    auto              work = [&](context c) -> task<> {
        for (int i = 0; i < 100; ++i) {
            const auto unit = co_await limit.acquire(c);
            const int  now  = ++inside;
            int        seen = most;
            while (now > seen && !most.compare_exchange_weak(seen, now)) {}
            --inside;
        }
    };
    const auto                     root = background(io);
    std::vector<std::future<void>> all;
    for (int i = 0; i < 8; ++i) all.push_back(asio::co_spawn(asio::make_strand(pool), work(root), asio::use_future));
    for (auto& each : all) each.get();

    EXPECT_LE(most, 2);
    EXPECT_EQ(limit.available(), 2u);
}

TEST(semaphore, loses_no_unit_when_loops_take_and_give_while_others_cancel)
{
    CURFEW_PROVES("C15", "O6");
    constexpr int            loops = 3, rounds = 300;
    semaphore                limit(2);
    std::atomic<int>         taken{0}, canceled{0};
    std::vector<std::thread> threads;
    for (int l = 0; l < loops; ++l)
        threads.emplace_back([&] {
            asio::io_context io(1);
            auto             one = [&](context c) -> task<> {
                const auto got   = co_await limit.acquire(c, nothrow);
                auto& [ec, unit] = got;
                ec ? ++canceled : ++taken;
                co_await asio::post(asio::deferred);
            };
            for (int round = 0; round < rounds; ++round) {
                auto        source = with_cancel(background(io));
                auto        all    = when_all(source.get_context(), one, one, one);
                std::thread other([&] { source.cancel(); });
                asio::co_spawn(io, std::move(all), [](std::exception_ptr, auto&&...) {});
                io.run();
                io.restart();
                other.join();
            }
        });
    for (auto& each : threads) each.join();

    EXPECT_GT(taken + canceled, 0);
    EXPECT_EQ(limit.available(), 2u);
    EXPECT_EQ(limit.waiting(), 0u);
}

}  // namespace
}  // namespace curfew
