#include <curfew/bind_context.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace curfew {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

/// A loop, a context that the test cancels, and a wait that ends only by that.
class bind_context_test : public ::testing::Test {
protected:
    const context& ctx() const { return source.get_context(); }
    void           cancel()
    {
        source.cancel();
        loop.run_ready();
    }

    manual_clock       clock;
    test_loop          loop{clock};
    cancel_source      source = with_cancel(loop.background());
    asio::steady_timer never{loop.io(), std::chrono::hours(24)};
};

/// Two connected streams inside the kernel.
struct stream_pair {
    explicit stream_pair(asio::io_context& io) : near(io), far(io) { asio::local::connect_pair(near, far); }
    asio::local::stream_protocol::socket near, far;
};

// ---- every token

TEST_F(bind_context_test, gives_a_callback_the_contexts_error)
{
    CURFEW_PROVES("O5");
    std::optional<error_code> result;
    never.async_wait(bind_context(ctx(), [&](error_code ec) { result = ec; }));

    source.cancel();
    EXPECT_FALSE(result);  // never inline in the cancel: the operation ends on its own executor
    loop.run_ready();

    EXPECT_EQ(result, errc::canceled);
}

TEST_F(bind_context_test, gives_a_future_the_contexts_error)
{
    auto future = never.async_wait(bind_context(ctx(), asio::use_future));

    cancel();

    try {
        future.get();
        FAIL();
    } catch (const boost::system::system_error& e) {
        EXPECT_EQ(e.code(), errc::canceled);
    }
}

TEST_F(bind_context_test, throws_the_contexts_error_with_use_awaitable_and_with_deferred)
{
    auto awaitable = [&]() -> task<> { co_await never.async_wait(bind_context(ctx(), asio::use_awaitable)); };
    auto deferred  = [&]() -> task<> { co_await never.async_wait(bind_context(ctx())); };
    auto first     = loop.start(awaitable());
    auto second    = loop.start(deferred());

    cancel();

    EXPECT_EQ(first.error(), errc::canceled);
    EXPECT_EQ(second.error(), errc::canceled);
}

TEST_F(bind_context_test, works_with_as_tuple_and_redirect_error)
{
    error_code redirected;
    auto       tuple = [&]() -> task<error_code> {
        auto result = co_await never.async_wait(bind_context(ctx(), nothrow));
        co_return std::get<0>(result);
    };
    auto redirect = [&]() -> task<> {
        co_await never.async_wait(bind_context(ctx(), asio::redirect_error(asio::use_awaitable, redirected)));
    };
    auto first  = loop.start(tuple());
    auto second = loop.start(redirect());

    cancel();

    ASSERT_TRUE(first.finished() && second.finished());
    EXPECT_EQ(first.value(), errc::canceled);
    EXPECT_EQ(redirected, errc::canceled);
}

// ---- results and errors

TEST_F(bind_context_test, delivers_a_result_that_was_already_queued_when_the_cancel_arrived)
{
    CURFEW_PROVES("O1");
    stream_pair         streams(loop.io());
    std::array<char, 8> buffer{};
    std::size_t         received = 0;
    error_code          error;
    asio::write(streams.far, asio::buffer("abc", 3));
    streams.near.async_read_some(asio::buffer(buffer), bind_context(ctx(), [&](error_code ec, std::size_t n) {
                                     error    = ec;
                                     received = n;
                                 }));

    cancel();  // the bytes have been taken from the socket: they must not be lost

    EXPECT_FALSE(error);
    EXPECT_EQ(std::string(buffer.data(), received), "abc");
}

TEST_F(bind_context_test, does_not_start_an_operation_whose_context_has_ended)
{
    CURFEW_PROVES("O2");
    stream_pair         streams(loop.io());
    std::array<char, 8> buffer{};
    error_code          error;
    bool                called = false;
    asio::write(streams.far, asio::buffer("abc", 3));
    source.cancel();

    asio::post(loop.io(), [&] {
        streams.near.async_read_some(asio::buffer(buffer), bind_context(ctx(), [&](error_code ec, std::size_t) {
                                         called = true;
                                         error  = ec;
                                     }));
        EXPECT_FALSE(called);
    });
    loop.run_ready();

    EXPECT_TRUE(called);
    EXPECT_EQ(error, errc::canceled);
    EXPECT_EQ(streams.near.available(), 3u);  // not even read
}

TEST_F(bind_context_test, fails_again_when_it_is_awaited_again_after_the_cancel)
{
    CURFEW_PROVES("O4");
    auto body = [&]() -> task<int> {
        int failures = 0;
        for (int i = 0; i < 3; ++i) {
            auto result = co_await never.async_wait(bind_context(ctx(), nothrow));
            failures += std::get<0>(result) == errc::canceled;
        }
        co_return failures;
    };
    auto running = loop.start(body());

    cancel();

    ASSERT_TRUE(running.finished());
    EXPECT_EQ(running.value(), 3);
}

TEST_F(bind_context_test, leaves_operation_aborted_alone_while_the_context_goes_on)
{
    CURFEW_PROVES("O5");
    std::optional<error_code> result;
    never.async_wait(bind_context(ctx(), [&](error_code ec) { result = ec; }));

    never.cancel();
    loop.run_ready();

    EXPECT_EQ(result, asio::error::operation_aborted);
    EXPECT_NE(*result, cond::canceled);
}

TEST_F(bind_context_test, maps_the_error_on_the_path_through_the_coroutines_home_too)
{
    CURFEW_PROVES("O5");
    error_code at_home, raw;
    auto       work = [&](context c) -> task<> {
        auto first = co_await never.async_wait(bind_context(c, nothrow));
        at_home    = std::get<0>(first);
        auto second = co_await never.async_wait(asio::as_tuple(asio::use_awaitable));
        raw         = std::get<0>(second);
    };
    auto running = loop.start(when_all(ctx(), work));

    source.cancel();
    clock.advance(20ms);

    EXPECT_TRUE(running.finished());
    EXPECT_EQ(at_home, errc::canceled);
    EXPECT_EQ(raw, asio::error::operation_aborted);
}

TEST_F(bind_context_test, goes_by_the_context_it_is_given_and_not_by_the_coroutines)
{
    bool finished = false;
    auto work     = [&](context c) -> task<> {
        const auto         free = without_cancel(c);
        asio::steady_timer soon(loop.io(), std::chrono::steady_clock::now());
        co_await sleep_for(free, 1s);
        co_await soon.async_wait(bind_context(free));
        finished = true;
    };
    auto running = loop.start(when_all(ctx(), work));

    source.cancel();
    clock.advance(1s);
    loop.io().restart();
    loop.io().run_for(5s);  // the raw timer is on the real clock

    EXPECT_TRUE(finished);
}

TEST_F(bind_context_test, frees_the_buffers_of_a_write_that_timed_out_before_it_completes)
{
    CURFEW_PROVES("O9");
    stream_pair             streams(loop.io());
    const auto              limited = with_timeout(loop.background(), 1s);
    std::vector<char>       buffer(8u << 20, 'a');
    std::optional<std::size_t> written;
    error_code              error;
    streams.near.non_blocking(true);
    asio::async_write(streams.near, asio::buffer(buffer), bind_context(limited, [&](error_code ec, std::size_t n) {
                          error   = ec;
                          written = n;
                      }));
    loop.run_ready();
    ASSERT_FALSE(written);  // nobody reads: the window is closed

    clock.advance(1s);
    ASSERT_TRUE(written);
    std::fill(buffer.begin(), buffer.end(), 'b');
    streams.near.shutdown(asio::socket_base::shutdown_send);
    std::string received;
    error_code  end;
    asio::read(streams.far, asio::dynamic_buffer(received), end);

    EXPECT_EQ(error, errc::deadline_exceeded);
    EXPECT_EQ(received, std::string(*written, 'a'));
}

// ---- who cancels, and where

TEST_F(bind_context_test, is_canceled_by_an_operator_or_around_it)
{
    auto body = [&]() -> task<std::size_t> {
        using namespace asio::experimental::awaitable_operators;
        auto either = never.async_wait(bind_context(ctx(), asio::use_awaitable)) || sleep_for(ctx(), 1s, asio::use_awaitable);
        auto winner = co_await std::move(either);
        co_return winner.index();
    };
    auto running = loop.start(body());

    clock.advance(1s);

    ASSERT_TRUE(running.finished());
    EXPECT_EQ(running.value(), 1u);
    EXPECT_FALSE(ctx().done());
}

TEST_F(bind_context_test, ends_by_a_context_of_another_loop_on_its_own)
{
    CURFEW_PROVES("O3");
    asio::io_context          io(1);
    asio::steady_timer        timer(io, std::chrono::hours(1));
    std::optional<error_code> result;
    timer.async_wait(bind_context(ctx(), [&](error_code ec) {
        EXPECT_TRUE(io.get_executor().running_in_this_thread());
        result = ec;
    }));

    cancel();
    EXPECT_FALSE(result);
    io.run();

    EXPECT_EQ(result, errc::canceled);
}

TEST_F(bind_context_test, does_not_lose_a_cancel_that_comes_while_the_operation_is_being_started)
{
    CURFEW_PROVES("O3");
    bool       emitted = false;
    error_code result;
    // An operation that is canceled on its own executor before it has taken its slot.
    auto initiation = [&](auto handler) {
        source.cancel();
        auto slot   = asio::get_associated_cancellation_slot(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        slot.assign([&emitted, shared, this](asio::cancellation_type) {
            emitted = true;
            asio::post(loop.io(), [shared] { std::move (*shared)(error_code(asio::error::operation_aborted)); });
        });
    };
    asio::post(loop.io(), [&] {
        auto token = bind_context(ctx(), [&](error_code ec) { result = ec; });
        asio::async_initiate<decltype(token), void(error_code)>(initiation, token);
    });
    loop.run_ready();

    EXPECT_TRUE(emitted);
    EXPECT_EQ(result, errc::canceled);
}

TEST(bind_context, cancels_operations_on_a_strand_of_a_pool_from_a_third_thread)
{
    CURFEW_PROVES("O3", "C15");
    constexpr int            operations = 100;
    asio::thread_pool        pool(2);
    auto                     strand = asio::make_strand(pool);
    auto                     source = with_cancel(background());
    std::atomic<int>         started{0}, aborted{0};
    std::vector<std::unique_ptr<asio::steady_timer>> timers;
    for (int i = 0; i < operations; ++i)
        timers.push_back(std::make_unique<asio::steady_timer>(pool, std::chrono::hours(1)));
    for (auto& timer : timers)
        asio::post(strand, [&] {
            timer->async_wait(bind_context(source.get_context(), asio::bind_executor(strand, [&](error_code ec) {
                                               EXPECT_TRUE(strand.running_in_this_thread());
                                               if (ec == errc::canceled) ++aborted;
                                           })));
            ++started;
        });
    std::thread canceling([&] {
        while (started < operations / 2) std::this_thread::yield();
        source.cancel();
    });

    canceling.join();
    pool.join();

    EXPECT_EQ(aborted, operations);
}

// ---- the end of the loop

TEST_F(bind_context_test, unlinks_an_operation_that_is_destroyed_without_completing)
{
    auto held = std::make_shared<int>();
    {
        asio::io_context   io(1);
        asio::steady_timer timer(io, std::chrono::hours(1));
        timer.async_wait(bind_context(ctx(), [held](error_code) { ADD_FAILURE(); }));
        io.poll();
    }

    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(ctx().life().work().operations(), 0u);
    cancel();  // finds nothing
}

}  // namespace
}  // namespace curfew
