// Many requests on two loops, each canceled at a moment of its own.
#pragma once

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace curfew::testing {

/// Calls `request(ctx, number)` for 0 to `count` - 1, sixteen at a time on each of two loops.
///
/// A third of them is canceled by a deadline within 3 ms, a third within as long by another thread. Of the others those are
/// left alone that end by themselves, by `ends(number)`, and those that do not have a deadline of 40 ms. Whatever else than
/// a cancel a request throws fails the test.
template <class Request, class Ends>
void cancel_storm(int count, const Request& request, const Ends& ends)
{
    using namespace std::chrono_literals;
    std::atomic<int> next{0}, canceled{0}, completed{0};
    const auto       one_loop = [&](unsigned seed) {
        boost::asio::io_context io(1);
        std::mt19937            random(seed);
        boost::asio::io_context canceling_io(1);
        auto                    keep = boost::asio::make_work_guard(canceling_io);
        std::jthread            canceling([&] { canceling_io.run(); });
        const auto              canceling_root = background(canceling_io);

        const auto soon  = [&] { return std::chrono::microseconds(random() % 3000); };
        auto       later = [](context ctx, std::shared_ptr<cancel_source> source, std::chrono::microseconds after) -> task<> {
            co_await sleep_for(ctx, after);
            source->cancel("the storm");
        };
        auto guarded = [&](context ctx, int number) -> task<> {
            try {
                co_await request(ctx, number);
                ++completed;
            } catch (const context_error&) {
                EXPECT_TRUE(ctx.done());
                ++canceled;
            } catch (const std::exception& e) {
                ADD_FAILURE() << "request " << number << ": " << e.what();
            }
        };
        auto one = [&](context group_ctx, int number) -> task<> {
            const auto source  = std::make_shared<cancel_source>(with_cancel(group_ctx));
            const auto way     = random() % 3;
            auto       limited = source->get_context();
            if (way == 0) limited = with_timeout(limited, soon());
            if (way == 2 && !ends(number)) limited = with_timeout(limited, 40ms);
            if (way == 1)
                boost::asio::co_spawn(canceling_io, later(canceling_root, source, soon()), [](std::exception_ptr) {});
            co_await guarded(limited, number);
        };
        auto all = [&](task_group& group, context) -> task<> {
            group.limit(16);
            for (int number; (number = next++) < count;) group.start(one, number);
            co_await group.wait();
        };
        boost::asio::co_spawn(io, with_task_group(background(io), all), [](std::exception_ptr e) { EXPECT_FALSE(e); });
        io.run();
        keep.reset();
    };
    {
        std::vector<std::jthread> loops;
        for (unsigned i = 0; i < 2; ++i) loops.emplace_back(one_loop, i + 1);
    }
    EXPECT_EQ(canceled + completed, count);
    EXPECT_GE(canceled, count / 5);
    EXPECT_GT(completed, 0);
}

}  // namespace curfew::testing
