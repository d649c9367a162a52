#include <curfew/detail/slot_pool.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using detail::lent_slot;
using detail::slot_pool;
using detail::slot_refusal;
using testing::manual_clock;
using testing::started;
using testing::test_loop;

class slot_pool_test : public ::testing::Test {
protected:
    std::shared_ptr<slot_pool> make(std::size_t size, std::size_t most_waiting = 100)
    {
        return std::make_shared<slot_pool>(size, most_waiting);
    }
    static void give_back(started<lent_slot>& from) { auto slot = std::move(from.value()); }

    manual_clock clock;
    test_loop    loop{clock};
    context      root = loop.background();
};

TEST_F(slot_pool_test, lends_what_is_idle_without_waiting)
{
    const auto pool = make(2);

    auto first  = loop.start(pool->acquire(root));
    auto second = loop.start(pool->acquire(root));

    EXPECT_NE(first.value().index(), second.value().index());
    EXPECT_EQ(pool->idle(), 0u);
}

TEST_F(slot_pool_test, takes_back_a_slot_when_its_loan_ends)
{
    const auto pool = make(1);

    loop.start(pool->acquire(root));

    EXPECT_EQ(pool->idle(), 1u);
}

TEST_F(slot_pool_test, serves_those_who_wait_in_order_of_arrival)
{
    const auto pool   = make(1);
    auto       holder = loop.start(pool->acquire(root));
    auto       first  = loop.start(pool->acquire(root));
    auto       second = loop.start(pool->acquire(root));
    EXPECT_EQ(pool->waiting(), 2u);

    give_back(holder);
    loop.run_ready();
    EXPECT_TRUE(first.finished());
    EXPECT_FALSE(second.finished());
    give_back(first);
    loop.run_ready();

    EXPECT_TRUE(second.value());
}

TEST_F(slot_pool_test, refuses_when_too_many_wait_already)
{
    const auto pool   = make(1, 1);
    auto       holder = loop.start(pool->acquire(root));
    auto       source = with_cancel(root);
    auto       waits  = loop.start(pool->acquire(source.get_context()));

    auto refused = loop.start(pool->acquire(root));

    EXPECT_EQ(refused.value().refusal(), slot_refusal::crowded);
    source.cancel();
    loop.run_ready();
}

TEST_F(slot_pool_test, lends_nothing_to_a_context_that_has_ended)
{
    const auto pool   = make(1);
    auto       source = with_cancel(root);
    source.cancel();

    auto refused = loop.start(pool->acquire(source.get_context()));

    EXPECT_EQ(refused.value().refusal(), slot_refusal::canceled);
    EXPECT_EQ(pool->idle(), 1u);
}

TEST_F(slot_pool_test, lets_go_of_an_acquirer_whose_deadline_passes)
{
    const auto pool   = make(1);
    auto       holder = loop.start(pool->acquire(root));
    auto       waits  = loop.start(pool->acquire(with_timeout(root, 50ms)));

    clock.advance(50ms);

    EXPECT_EQ(waits.value().refusal(), slot_refusal::canceled);
    EXPECT_EQ(waits.value().cause().kind(), cause_kind::deadline_exceeded);
    EXPECT_EQ(pool->waiting(), 0u);
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST_F(slot_pool_test, lets_go_of_an_acquirer_whose_coroutine_alone_is_canceled)
{
    const auto pool   = make(1);
    auto       holder = loop.start(pool->acquire(root));
    auto       waits  = loop.start(pool->acquire(root));

    waits.cancel();
    loop.run_ready();

    EXPECT_EQ(waits.value().refusal(), slot_refusal::canceled);
    EXPECT_EQ(waits.value().cause().kind(), cause_kind::canceled);
    EXPECT_FALSE(root.done());
}

TEST_F(slot_pool_test, passes_on_what_it_granted_to_an_acquirer_that_is_canceled_in_the_same_tick)
{
    CURFEW_PROVES("O6");
    const auto pool   = make(1);
    auto       holder = loop.start(pool->acquire(root));
    auto       source = with_cancel(root);
    auto       first  = loop.start(pool->acquire(source.get_context()));
    auto       second = loop.start(pool->acquire(root));

    give_back(holder);  // granted to the first, which has not gone on yet
    source.cancel();
    loop.run_ready();

    EXPECT_EQ(first.value().refusal(), slot_refusal::canceled);
    ASSERT_TRUE(second.finished());
    EXPECT_TRUE(second.value());
}

TEST_F(slot_pool_test, refuses_everybody_once_it_is_closed)
{
    const auto pool   = make(1);
    auto       holder = loop.start(pool->acquire(root));
    auto       waits  = loop.start(pool->acquire(root));

    pool->close();
    loop.run_ready();
    auto late = loop.start(pool->acquire(root));
    give_back(holder);

    EXPECT_EQ(waits.value().refusal(), slot_refusal::closed);
    EXPECT_EQ(late.value().refusal(), slot_refusal::closed);
    EXPECT_EQ(pool->idle(), 1u);
}

TEST(slot_pool, forgets_acquirers_that_go_with_their_io_context)
{
    const auto pool  = std::make_shared<slot_pool>(1, 10);
    const auto token = std::make_shared<int>();
    {
        boost::asio::io_context io(1);
        auto hold = [&](context ctx, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            const auto slot = co_await pool->acquire(ctx);
            co_await sleep_for(ctx, 1h);
        };
        for (int i = 0; i < 3; ++i)
            boost::asio::co_spawn(io, hold(background(io), token), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
        EXPECT_EQ(pool->waiting(), 2u);
    }

    EXPECT_EQ(pool->idle(), 1u);
    EXPECT_EQ(pool->waiting(), 0u);
    EXPECT_EQ(token.use_count(), 1);
}

TEST(slot_pool, is_full_again_after_loops_on_many_threads_took_and_were_canceled_at_random)
{
    CURFEW_PROVES("O6");
    const auto       pool = std::make_shared<slot_pool>(2, 1000);
    std::atomic<int> out{0}, served{0};
    auto             one_loop = [&](unsigned seed) {
        boost::asio::io_context io(1);
        const auto              root = background(io);
        auto                    one  = [&](context ctx) -> task<> {
            const auto slot = co_await pool->acquire(ctx);
            if (!slot) co_return;
            EXPECT_LE(++out, 2);
            co_await sleep_for(ctx, 20us, nothrow);
            --out;
            ++served;
        };
        for (int i = 0; i < 300; ++i) {
            auto source = std::make_shared<cancel_source>(with_cancel(root));
            boost::asio::co_spawn(io, one(source->get_context()), [source](std::exception_ptr) {});
            if ((seed = seed * 1103515245 + 12345) & 0x10000) boost::asio::post(io, [source] { source->cancel(); });
            if (seed & 0x20000) io.poll();
        }
        io.run();
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < 4; ++i) threads.emplace_back(one_loop, i);
    }

    EXPECT_EQ(pool->idle(), 2u);
    EXPECT_EQ(pool->waiting(), 0u);
    EXPECT_GT(served, 0);
}

}  // namespace
}  // namespace curfew
