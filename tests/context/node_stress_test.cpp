// Threads that derive, cancel, register and destroy on one tree. Meant for the thread sanitizer, but true without it.
#include <curfew/after_cancel.hpp>
#include <curfew/bind_context.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/detach.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <thread>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;

/// A loop on a thread of its own.
class running_loop {
public:
    ~running_loop()
    {
        guard_.reset();
        thread_.join();
    }
    boost::asio::io_context& io() noexcept { return io_; }

private:
    boost::asio::io_context                                                  io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
    std::thread                                                              thread_{[this] { io_.run(); }};
};

TEST(tree, holds_when_threads_derive_register_and_drop_while_others_cancel)
{
    CURFEW_PROVES("C15");
    constexpr int    rounds = 40, workers = 3, steps = 100;
    running_loop     loop;
    std::atomic<int> callbacks{0}, registered{0}, withdrawn{0};
    for (int round = 0; round < rounds; ++round) {
        auto                     source = with_cancel(background(loop.io()));
        std::vector<std::thread> threads;
        for (int w = 0; w < workers; ++w)
            threads.emplace_back([&, w] {
                context at = source.get_context();
                for (int i = 0; i < steps; ++i) {
                    const auto timed = with_timeout(at, (i % 3) * 1ms);  // some expire at once, some on the loop
                    auto       child = with_cancel(with_trace(timed, trace_context()));  // of its own, larger type
                    auto       callback =
                        after_cancel(child.get_context(), [&callbacks] { callbacks.fetch_add(1); });
                    ++registered;
                    if (i % 5 == w) child.cancel("one of many");
                    if (callback.stop()) ++withdrawn;
                    if (i % 10 == 0) at = timed;
                }
            });
        std::thread canceling([&] { source.cancel("all"); });
        for (auto& each : threads) each.join();
        canceling.join();
    }

    EXPECT_EQ(callbacks + withdrawn, registered);
}

TEST(tree, brings_every_operation_home_when_another_thread_cancels)
{
    CURFEW_PROVES("C15", "O3");
    constexpr int    rounds = 300;
    running_loop     loop;
    std::atomic<int> begun{0}, ended{0};
    auto             work = [&](context c) -> task<> {
        ++begun;  // a cancel may come before all three have
        boost::asio::steady_timer timer(loop.io(), std::chrono::hours(1));
        auto                      bound = with_cancel(c);
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        static_cast<void>(co_await timer.async_wait(bind_context(bound.get_context(), nothrow)));
        ++ended;
        c.throw_if_done();
    };
    for (int round = 0; round < rounds; ++round) {
        auto source = with_cancel(background(loop.io()));
        auto all    = boost::asio::co_spawn(loop.io(), when_all(source.get_context(), work, work, work),
                                            boost::asio::use_future);
        if (round % 2) std::this_thread::yield();
        source.cancel();
        EXPECT_THROW(all.get(), context_error);
    }

    EXPECT_EQ(ended, begun);
}

TEST(tree, lets_threads_start_bound_operations_and_detached_work_while_another_cancels)
{
    CURFEW_PROVES("C15", "O3");
    constexpr int    operations = 300;
    running_loop     loop;
    std::atomic<int> completed{0}, detached{0};
    {
        auto        source = with_cancel(background(loop.io()));
        std::thread starting([&] {
            for (int i = 0; i < operations; ++i) {
                sleep_for(source.get_context(), 1h, [&](error_code ec) {
                    EXPECT_EQ(ec, errc::canceled);
                    ++completed;
                });
                detach(source.get_context(), "audit", 1h, [&detached](context) -> task<> {
                    ++detached;
                    co_return;
                });
            }
        });
        std::thread canceling([&] {
            while (completed == 0 && detached < operations / 2) std::this_thread::yield();
            source.cancel();
        });
        starting.join();
        canceling.join();
        while (completed < operations || detached < operations) std::this_thread::yield();
    }

    EXPECT_EQ(completed, operations);
    EXPECT_EQ(detached, operations);
}

}  // namespace
}  // namespace curfew
