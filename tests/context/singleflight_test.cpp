#include <curfew/singleflight.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace curfew {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

constexpr context_key<std::string> user_key{"user"};

/// A call that takes a second, counts how often it is made, and remembers its context.
class singleflight_test : public ::testing::Test {
protected:
    auto start(const context& ctx, std::string key = "key") { return loop.start(flights.run(ctx, std::move(key), load)); }
    auto start(std::string key = "key") { return start(loop.background(), std::move(key)); }

    manual_clock clock;
    test_loop    loop{clock};

    int                    calls = 0;
    std::optional<context> call;
    std::function<task<int>(context)> load = [this](context c) -> task<int> {
        call = c;
        ++calls;
        co_await sleep_for(c, 1s);
        co_return 42;
    };
    singleflight<std::string, int> flights;

    void TearDown() override { call.reset(); }
};

TEST_F(singleflight_test, calls_once_for_all_who_ask_for_the_same_at_the_same_time)
{
    auto first = start(), second = start(), other = start("other");

    EXPECT_EQ(flights.running(), 2u);
    clock.advance(1s);

    EXPECT_EQ(calls, 2);
    EXPECT_EQ(first.value(), 42);
    EXPECT_EQ(second.value(), 42);
    EXPECT_EQ(other.value(), 42);
    EXPECT_EQ(flights.running(), 0u);
}

TEST_F(singleflight_test, calls_again_for_who_asks_after_the_end)
{
    start();
    clock.advance(1s);

    start();
    clock.advance(1s);

    EXPECT_EQ(calls, 2);
}

TEST_F(singleflight_test, gives_the_same_exception_to_all)
{
    load = [this](context c) -> task<int> {
        ++calls;
        co_await sleep_for(c, 1s);
        throw std::runtime_error("no such key");
    };
    auto first = start(), second = start();

    clock.advance(1s);

    EXPECT_EQ(calls, 1);
    EXPECT_THROW(std::rethrow_exception(first.exception()), std::runtime_error);
    EXPECT_EQ(first.exception(), second.exception());
}

TEST_F(singleflight_test, goes_on_when_one_of_two_waiters_leaves)
{
    auto source  = with_cancel(loop.background());
    auto leaving = start(source.get_context()), staying = start();

    source.cancel("not needed");
    loop.run_ready();

    EXPECT_EQ(leaving.error(), errc::canceled);
    EXPECT_EQ(leaving.cause().text(), "not needed");
    EXPECT_FALSE(call->done());
    clock.advance(1s);
    EXPECT_EQ(staying.value(), 42);
    EXPECT_EQ(calls, 1);
}

TEST_F(singleflight_test, is_canceled_when_the_last_waiter_leaves)
{
    auto one = with_cancel(loop.background()), two = with_cancel(loop.background());
    auto first = start(one.get_context()), second = start(two.get_context());

    one.cancel();
    loop.run_ready();
    EXPECT_FALSE(call->done());
    two.cancel();
    loop.run_ready();

    EXPECT_EQ(call->error(), errc::canceled);
    EXPECT_EQ(call->cause().text(), "nobody waits");
    EXPECT_EQ(first.error(), errc::canceled);
    EXPECT_EQ(second.error(), errc::canceled);
    EXPECT_EQ(flights.running(), 0u);
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST_F(singleflight_test, keeps_the_last_waiter_until_the_call_has_ended)
{
    load = [](context c) -> task<int> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        const auto farewell = without_cancel(c);
        co_await sleep_for(farewell, 2s);  // takes its time to stop
        co_return 42;
    };
    const auto ctx     = with_timeout(loop.background(), 1s);
    auto       waiting = start(ctx);

    clock.advance(3s - 1ns);
    EXPECT_FALSE(waiting.finished());
    EXPECT_EQ(flights.running(), 0u) << "who asks now starts another";
    clock.advance(1ns);

    EXPECT_EQ(waiting.error(), errc::deadline_exceeded);
}

TEST_F(singleflight_test, starts_anew_for_who_asks_while_a_canceled_call_ends)
{
    load = [this](context c) -> task<int> {
        ++calls;
        if (calls == 2) co_return 43;
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        const auto farewell = without_cancel(c);
        co_await sleep_for(farewell, 2s);
        co_return 42;
    };
    auto source = with_cancel(loop.background());
    auto first  = start(source.get_context());
    source.cancel();
    loop.run_ready();

    auto second = start();

    EXPECT_EQ(second.value(), 43);
    clock.advance(2s);
    EXPECT_EQ(first.error(), errc::canceled);
}

TEST_F(singleflight_test, has_values_and_trace_of_the_first_caller_and_not_its_deadline)
{
    const auto ctx = with_timeout(with_value(with_trace(loop.background(), trace_context::generate()), user_key, "ann"), 10s);
    auto       one = start(ctx), two = start();

    EXPECT_EQ(*call->value(user_key), "ann");
    EXPECT_EQ(std::string_view(call->trace().id_text()), std::string_view(ctx.trace().id_text()));
    EXPECT_FALSE(call->deadline());
    clock.advance(1s);
    EXPECT_TRUE(one.finished() && two.finished());
}

TEST_F(singleflight_test, calls_nothing_under_a_context_that_has_ended)
{
    CURFEW_PROVES("O2");
    auto source = with_cancel(loop.background());
    source.cancel();

    auto waiting = start(source.get_context());

    EXPECT_EQ(waiting.error(), errc::canceled);
    EXPECT_EQ(calls, 0);
}

TEST_F(singleflight_test, leaves_with_operation_aborted_when_only_the_awaiting_coroutine_is_canceled)
{
    auto leaving = start();

    leaving.cancel();
    loop.run_ready();

    EXPECT_EQ(leaving.error(), asio::error::operation_aborted);
    EXPECT_TRUE(call->done());
}

TEST_F(singleflight_test, counts_as_detached_work_and_ends_with_it)
{
    auto& on      = loop.background().life().loop();
    auto  waiting = start();
    EXPECT_EQ(on.detached_running(), 1u);

    on.detached_root().cancel(detail::make_cause(cause_kind::shutdown, on.detached_root(), {}));
    loop.run_ready();

    EXPECT_EQ(waiting.error(), errc::shutdown);
    EXPECT_EQ(on.detached_running(), 0u);
}

TEST(singleflight, is_dropped_with_its_io_context)
{
    const auto                held = std::make_shared<int>();
    singleflight<int, int>    flights;
    {
        asio::io_context io(1);
        auto             load = [held](context c) -> task<int> {
            co_await sleep_for(c, 1h);
            co_return *held;
        };
        asio::co_spawn(io, flights.run(background(io), 1, load), [](std::exception_ptr, int) { ADD_FAILURE(); });
        io.poll();
        EXPECT_EQ(flights.running(), 1u);
    }

    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(flights.running(), 0u);
}

TEST(singleflight, serves_callers_of_several_loops)
{
    CURFEW_PROVES("C15");
    constexpr int               loops = 3, rounds = 200;
    singleflight<int, int>      flights;
    std::atomic<int>            calls{0}, ended{0};
    std::vector<std::thread>    threads;
    for (int l = 0; l < loops; ++l)
        threads.emplace_back([&] {
            asio::io_context io(1);
            auto             load = [&](context c) -> task<int> {
                ++calls;
                static_cast<void>(co_await sleep_for(c, 100us, nothrow));
                co_return 42;
            };
            auto ask = [&](context root) -> task<> {
                for (int round = 0; round < rounds; ++round) {
                    const auto ctx = with_timeout(root, round % 3 * 100us);
                    try {
                        const int got = co_await flights.run(ctx, 1, load);
                        EXPECT_EQ(got, 42);
                    } catch (const context_error&) {
                    }
                    ++ended;
                }
            };
            asio::co_spawn(io, ask(background(io)), [](std::exception_ptr e) { EXPECT_FALSE(e); });
            io.run();
        });
    for (auto& each : threads) each.join();

    EXPECT_EQ(ended, loops * rounds);
    EXPECT_EQ(flights.running(), 0u);
}

}  // namespace
}  // namespace curfew
