#include <curfew/retry.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace curfew {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

boost::system::system_error refused()
{
    return boost::system::system_error(asio::error::connection_refused);
}

/// Something that fails until a given attempt, and notes when it was tried.
class retry_test : public ::testing::Test {
protected:
    retry_test()
    {
        policy.jitter = [](duration most) { return most; };
    }
    auto start(const context& ctx) { return loop.start(retry(ctx, policy, call)); }
    auto start() { return start(loop.background()); }

    manual_clock clock;
    test_loop    loop{clock};
    retry_policy policy;

    int                       succeeds_at = 1;
    std::vector<duration>     tried;
    const time_point          begin = clock.now();
    std::function<task<int>(context)> call = [this](context) -> task<int> {
        tried.push_back(clock.now() - begin);
        if (static_cast<int>(tried.size()) < succeeds_at) throw refused();
        co_return 42;
    };
};

TEST_F(retry_test, calls_once_what_succeeds)
{
    auto running = start();

    EXPECT_EQ(running.value(), 42);
    EXPECT_EQ(tried.size(), 1u);
}

TEST_F(retry_test, tries_again_with_pauses_that_double_up_to_the_longest)
{
    policy.attempts      = 6;
    policy.first_pause   = 100ms;
    policy.longest_pause = 500ms;
    succeeds_at          = 6;
    auto running         = start();

    clock.advance(1min);

    EXPECT_EQ(running.value(), 42);
    EXPECT_EQ(tried, (std::vector<duration>{0ms, 100ms, 300ms, 700ms, 1200ms, 1700ms}));
}

TEST_F(retry_test, throws_what_the_last_attempt_threw)
{
    succeeds_at  = 100;
    auto running = start();

    clock.advance(1min);

    EXPECT_EQ(running.error(), asio::error::connection_refused);
    EXPECT_EQ(tried.size(), 3u);
}

TEST_F(retry_test, does_not_retry_what_is_not_transient)
{
    call = [this](context) -> task<int> {
        tried.push_back({});
        throw std::invalid_argument("will not get better");
        co_return 0;
    };
    auto running = start();

    clock.advance(1min);

    EXPECT_THROW(std::rethrow_exception(running.exception()), std::invalid_argument);
    EXPECT_EQ(tried.size(), 1u);
}

TEST_F(retry_test, retries_what_the_policy_says)
{
    policy.retryable = [](const std::exception_ptr&) { return false; };
    succeeds_at      = 2;
    auto running     = start();

    clock.advance(1min);

    EXPECT_EQ(running.error(), asio::error::connection_refused);
    EXPECT_EQ(tried.size(), 1u);
}

TEST_F(retry_test, gives_each_attempt_a_context_of_its_own_that_ends_with_it)
{
    std::vector<context> attempts;
    call = [&](context c) -> task<int> {
        attempts.push_back(c);
        if (attempts.size() < 2) throw refused();
        co_return 42;
    };
    auto running = start();
    clock.advance(1min);

    ASSERT_EQ(attempts.size(), 2u);
    EXPECT_EQ(attempts[0].cause().kind(), cause_kind::scope_left);
    EXPECT_TRUE(attempts[1].done());
    EXPECT_NE(attempts[0], attempts[1]);
    attempts.clear();
}

TEST_F(retry_test, ends_an_attempt_that_takes_too_long_and_tries_again)
{
    policy.attempt_timeout = 1s;
    call                   = [this](context c) -> task<int> {
        tried.push_back(clock.now() - begin);
        if (tried.size() == 1) co_await sleep_for(c, 1h);
        co_return 42;
    };
    auto running = start();

    clock.advance(1s + 50ms);

    EXPECT_EQ(running.value(), 42);
    EXPECT_EQ(tried, (std::vector<duration>{0ms, 1050ms}));
}

TEST_F(retry_test, makes_raw_operations_of_an_attempt_obey_its_context)
{
    policy.attempt_timeout = 1s;
    policy.attempts        = 1;
    call                   = [](context c) -> task<int> {
        asio::steady_timer never(co_await asio::this_coro::executor, std::chrono::hours(1));
        static_cast<void>(c);
        co_await never.async_wait(asio::deferred);
        co_return 0;
    };
    auto in_a_task = [&](context c) -> task<int> { return retry(c, policy, call); };
    auto running   = loop.start(when_all(loop.background(), in_a_task));

    clock.advance(1s);

    EXPECT_EQ(running.error(), errc::deadline_exceeded);
}

TEST_F(retry_test, throws_the_error_at_once_when_a_pause_would_not_end_before_the_deadline)
{
    policy.first_pause = 1s;
    succeeds_at        = 2;
    const auto ctx     = with_timeout(loop.background(), 1s);

    auto running = start(ctx);

    EXPECT_EQ(running.error(), asio::error::connection_refused);
    EXPECT_EQ(clock.now(), begin);
}

TEST_F(retry_test, never_exceeds_the_deadline_whatever_the_jitter_says)
{
    CURFEW_PROVES("C6");
    policy.attempts        = 1'000'000;
    policy.attempt_timeout = 30ms;
    policy.jitter          = retry_policy().jitter;
    call                   = [this](context c) -> task<int> {
        tried.push_back(clock.now() - begin);
        co_await sleep_for(c, tried.size() % 2 ? 10ms : 1h);
        throw refused();
        co_return 0;
    };
    for (int i = 0; i < 50; ++i) {
        const auto started = clock.now();
        const auto ctx     = with_timeout(loop.background(), 1s);
        auto       running = start(ctx);
        while (!running.finished()) clock.advance(1ms);

        EXPECT_LE(clock.now() - started, 1s);
        EXPECT_LE(clock.pending_timers(), 1u) << "the deadline's own";
    }
    EXPECT_GT(tried.size(), 100u);
}

TEST_F(retry_test, does_not_retry_under_a_context_that_has_ended)
{
    auto source = with_cancel(loop.background());
    call        = [&](context) -> task<int> {
        tried.push_back({});
        source.cancel("enough");
        throw refused();
        co_return 0;
    };
    auto running = start(source.get_context());
    clock.advance(1min);

    EXPECT_EQ(running.error(), asio::error::connection_refused);
    EXPECT_EQ(tried.size(), 1u);
    auto late = start(source.get_context());
    EXPECT_EQ(late.cause().text(), "enough");
    EXPECT_EQ(tried.size(), 1u);
}

TEST_F(retry_test, ends_a_pause_when_the_context_ends)
{
    policy.first_pause = 1h;
    succeeds_at        = 2;
    auto source        = with_cancel(loop.background());
    auto running       = start(source.get_context());

    source.cancel("enough");
    loop.run_ready();

    EXPECT_EQ(running.cause().text(), "enough");
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST_F(retry_test, does_not_take_the_end_of_the_awaiting_coroutine_for_a_failure)
{
    policy.retryable = [](const std::exception_ptr&) { return true; };
    call             = [this](context) -> task<int> {
        tried.push_back({});
        asio::steady_timer never(co_await asio::this_coro::executor, std::chrono::hours(1));
        co_await never.async_wait(asio::deferred);
        co_return 0;
    };
    auto running = start();

    running.cancel();
    clock.advance(1min);

    EXPECT_EQ(running.error(), asio::error::operation_aborted);
    EXPECT_EQ(tried.size(), 1u);
}

TEST_F(retry_test, retries_as_much_as_the_budget_of_the_origin_has)
{
    retry_budget_options options;
    options.reserve = 3;
    options.minimum = 0;
    policy.budget   = std::make_shared<retry_budget>(options);
    policy.attempts = 100;
    succeeds_at     = 1'000;
    auto first      = start();
    clock.advance(1h);
    EXPECT_EQ(tried.size(), 1u + 3u);

    auto second = start();
    clock.advance(1h);

    EXPECT_EQ(second.error(), asio::error::connection_refused);
    EXPECT_EQ(tried.size(), 1u + 3u + 1u);
}

TEST_F(retry_test, pauses_for_any_time_between_none_and_the_longest)
{
    const auto jitter = retry_policy().jitter;
    duration   least = 1h, most{};
    for (int i = 0; i < 1'000; ++i) {
        const auto pause = jitter(100ms);
        least            = std::min(least, pause);
        most             = std::max(most, pause);
    }

    EXPECT_GE(least, 0ms);
    EXPECT_LE(most, 100ms);
    EXPECT_LT(least, 10ms);
    EXPECT_GT(most, 90ms);
}

}  // namespace
}  // namespace curfew
