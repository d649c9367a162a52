#include <curfew/offload.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace curfew {
namespace {

/// One loop and a pool of one thread. Runs a coroutine to its end; a job in the pool keeps the loop running.
class offload_test : public ::testing::Test {
protected:
    template <class T>
    T run(task<T> body)
    {
        auto result = boost::asio::co_spawn(io, std::move(body), boost::asio::use_future);
        io.restart();
        io.run();
        return result.get();
    }

    boost::asio::io_context  io{1};
    boost::asio::thread_pool pool{1};
    context                  root = background(io);
};

TEST_F(offload_test, runs_on_the_pool_and_comes_back_to_the_loop)
{
    const auto loop_thread = std::this_thread::get_id();
    auto       where       = [](int n) { return std::pair(n, std::this_thread::get_id()); };
    auto       body        = [&]() -> task<> {
        auto ran = co_await offload(root, pool, where, 7);
        EXPECT_EQ(ran.first, 7);
        EXPECT_NE(ran.second, loop_thread);
        EXPECT_EQ(std::this_thread::get_id(), loop_thread);
    };

    run(body());
}

TEST_F(offload_test, throws_what_the_function_throws)
{
    auto failing = [] { throw std::runtime_error("on the pool"); };

    EXPECT_THROW(run(offload(root, pool, failing)), std::runtime_error);
}

TEST_F(offload_test, tells_a_running_function_of_the_cancel_and_waits_for_its_end)
{
    auto               source = with_cancel(root);
    std::promise<void> began;
    std::atomic<bool>  ended{false};
    auto               polling = [&](context c) {
        began.set_value();
        while (!c.done()) std::this_thread::yield();
        ended = true;
        return 5;
    };
    std::thread canceling([&] {
        began.get_future().wait();
        source.cancel();
    });

    const int result = run(offload(source.get_context(), pool, polling));

    EXPECT_TRUE(ended);
    EXPECT_EQ(result, 5);  // O1: a result that is there is delivered
    canceling.join();
}

TEST_F(offload_test, never_calls_a_function_whose_context_ended_while_it_waited_for_a_thread)
{
    auto               source = with_cancel(root);
    std::promise<void> release;
    bool               called = false;
    auto               never  = [&] { called = true; };
    boost::asio::post(pool, [&, free = release.get_future().share()] { free.wait(); });
    boost::asio::post(io, [&] { source.cancel("too late"); });

    EXPECT_THROW(run(offload(source.get_context(), pool, never)), context_error);  // though the pool is still busy

    release.set_value();
    pool.join();
    EXPECT_FALSE(called);
}

TEST_F(offload_test, calls_nothing_under_a_context_that_has_ended)
{
    CURFEW_PROVES("O2");
    auto source = with_cancel(root);
    source.cancel();
    bool called = false;
    auto never  = [&] { called = true; };

    EXPECT_THROW(run(offload(source.get_context(), pool.get_executor(), never)), context_error);

    pool.join();
    EXPECT_FALSE(called);
}

TEST_F(offload_test, ends_the_functions_context_when_only_the_awaiting_coroutine_is_canceled)
{
    boost::asio::cancellation_signal signal;
    auto                             polling = [](context c) {
        while (!c.done()) std::this_thread::yield();
        c.throw_if_done();
    };
    auto result = boost::asio::co_spawn(io, offload(root, pool, polling),
                                        boost::asio::bind_cancellation_slot(signal.slot(), boost::asio::use_future));
    boost::asio::post(io, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    io.run();

    EXPECT_THROW(result.get(), context_error);
    EXPECT_FALSE(root.done());
}

TEST(offload, is_destroyed_with_its_io_context_when_the_function_has_returned_meanwhile)
{
    const auto token = std::make_shared<int>();
    {
        boost::asio::io_context  io(1);
        boost::asio::thread_pool pool(1);
        std::latch               polled(1);
        const auto               ctx  = background(io);
        auto                     f    = [&] { polled.wait(); };
        auto                     body = [&](context c, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            co_await offload(c, pool, f);
        };
        boost::asio::co_spawn(io, body(ctx, token), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
        polled.count_down();
        pool.join();
    }

    EXPECT_EQ(token.use_count(), 1);
}

TEST(offload, is_destroyed_with_its_io_context_only_after_the_running_function_has_returned)
{
    boost::asio::thread_pool pool(1);
    const auto               token = std::make_shared<int>();
    std::promise<void>       began;
    std::atomic<bool>        returned{false};
    auto                     polling = [&](context c) {
        began.set_value();
        while (!c.done()) std::this_thread::yield();
        returned = true;
    };
    {
        boost::asio::io_context io(1);
        const auto              ctx  = background(io);
        auto                    body = [&](context c, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            co_await offload(c, pool, polling);
        };
        boost::asio::co_spawn(io, body(ctx, token), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
        began.get_future().wait();
    }

    EXPECT_TRUE(returned);
    EXPECT_EQ(token.use_count(), 1);
    pool.join();
}

TEST(offload, is_destroyed_with_its_io_context_while_it_waits_for_a_thread)
{
    boost::asio::thread_pool pool(1);
    const auto               token = std::make_shared<int>();
    std::promise<void>       release;
    bool                     called = false;
    auto                     never  = [&] { called = true; };
    boost::asio::post(pool, [free = release.get_future().share()] { free.wait(); });
    {
        boost::asio::io_context io(1);
        const auto              ctx  = background(io);
        auto                    body = [&](context c, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            co_await offload(c, pool, never);
        };
        boost::asio::co_spawn(io, body(ctx, token), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
    }
    release.set_value();
    pool.join();

    EXPECT_FALSE(called);
    EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace curfew
