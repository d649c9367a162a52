#include <curfew/next.hpp>

#include "chain.hpp"
#include "sample_request.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/stream.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace curfew {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// A raw operation that ends when it is canceled, and not before.
task<void> wait_raw()
{
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

/// Runs a chain under a context as the connection's coroutine does: with a home.
class next_test : public ::testing::Test {
protected:
    void start(std::vector<middleware> links, handler last, const context& ctx)
    {
        chain_.emplace(std::move(links), std::move(last));
        home_.emplace(ctx.life().loop());
        asio::co_spawn(loop.io(), at_home(ctx),
                       asio::bind_cancellation_slot((*home_)->outer_slot(), [this](std::exception_ptr error, response res) {
                           finished = true;
                           thrown   = error;
                           answer   = std::move(res);
                       }));
        loop.run_ready();
    }

    void TearDown() override { home_.reset(); }

    error_code error() const
    {
        try {
            if (thrown)
                std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& e) {
            return e.code();
        }
        return {};
    }

    testing::manual_clock clock;
    testing::test_loop    loop{clock};
    bool                  finished = false;
    std::exception_ptr    thrown;
    response              answer;

private:
    task<response> at_home(context ctx)
    {
        co_await asio::this_coro::throw_if_cancelled(false);
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
        auto&                          home  = **home_;
        home.enter(state.slot());
        home.retarget(&ctx.life());

        std::exception_ptr error;
        response           res;
        try {
            res = co_await chain_->start(ctx, sample_.get());
        } catch (...) {
            error = std::current_exception();
        }
        EXPECT_EQ(home.target(), &ctx.life()) << "the home was not moved back";
        home.retarget(nullptr);
        home.leave();
        if (error)
            std::rethrow_exception(error);
        co_return res;
    }

    sample_request                  sample_{method::get, "/"};
    std::optional<detail::chain>    chain_;
    std::optional<detail::home_ptr> home_;
};

middleware with_deadline_of(duration timeout)
{
    return [timeout](context ctx, request req, next inner) -> task<response> {
        const auto child = with_timeout(ctx, timeout);
        co_return co_await inner(child, req);
    };
}

TEST_F(next_test, makes_the_context_that_it_is_given_the_one_in_force)
{
    handler waits = [](context, request) -> task<response> {
        co_await wait_raw();
        co_return response();
    };
    start({with_deadline_of(2s)}, waits, loop.background());

    clock.advance(2s);
    loop.run_ready();

    ASSERT_TRUE(finished);
    EXPECT_EQ(error(), errc::deadline_exceeded);
}

TEST_F(next_test, maps_the_abort_of_a_raw_operation_to_the_error_of_the_context_that_caused_it)
{
    error_code inside;
    middleware catches = [&](context ctx, request req, next inner) -> task<response> {
        try {
            co_return co_await inner(with_timeout(ctx, 2s), req);
        } catch (const context_error& e) {
            inside = e.code();
        }
        co_return text(status::ok, "caught");
    };
    error_code raw;
    handler    waits = [&](context, request) -> task<response> {
        try {
            co_await wait_raw();
        } catch (const boost::system::system_error& e) {
            raw = e.code();
            throw;
        }
        co_return response();
    };
    start({catches}, waits, loop.background());

    clock.advance(2s);
    loop.run_ready();

    ASSERT_TRUE(finished);
    EXPECT_EQ(raw, asio::error::operation_aborted);
    EXPECT_FALSE(raw == cond::canceled);
    EXPECT_EQ(inside, errc::deadline_exceeded);
    EXPECT_EQ(answer.body(), "caught");
}

TEST_F(next_test, leaves_an_abort_alone_that_its_context_did_not_cause)
{
    handler aborts = [](context, request) -> task<response> {
        throw boost::system::system_error(asio::error::operation_aborted);
        co_return response();
    };

    start({with_deadline_of(2s)}, aborts, loop.background());

    EXPECT_EQ(error(), asio::error::operation_aborted);
}

TEST_F(next_test, gives_the_middleware_its_own_context_back)
{
    middleware catches = [](context ctx, request req, next inner) -> task<response> {
        try {
            co_return co_await inner(with_timeout(ctx, 2s), req);
        } catch (const context_error&) {
        }
        co_await wait_raw();
        co_return response();
    };
    handler waits = [](context, request) -> task<response> {
        co_await wait_raw();
        co_return response();
    };
    auto request_scope = with_cancel(loop.background());
    start({catches}, waits, request_scope.get_context());
    clock.advance(2s);
    loop.run_ready();
    ASSERT_FALSE(finished) << "the deadline of the inner context ended the outer operation";

    request_scope.cancel();
    loop.run_ready();

    ASSERT_TRUE(finished);
    EXPECT_EQ(error(), asio::error::operation_aborted);
}

TEST_F(next_test, protects_from_the_outer_context_if_it_is_given_a_detached_one)
{
    middleware protects = [](context ctx, request req, next inner) -> task<response> {
        co_return co_await inner(with_timeout(without_cancel(ctx), 5s), req);
    };
    handler waits = [](context, request) -> task<response> {
        co_await wait_raw();
        co_return response();
    };
    auto request_scope = with_cancel(loop.background());
    start({protects}, waits, request_scope.get_context());

    request_scope.cancel();
    loop.run_ready();
    EXPECT_FALSE(finished);

    clock.advance(5s);
    loop.run_ready();
    EXPECT_TRUE(finished);
    EXPECT_EQ(error(), errc::deadline_exceeded);
}

TEST_F(next_test, does_not_begin_under_a_context_that_is_done)
{
    bool       called = false;
    middleware late   = [](context ctx, request req, next inner) -> task<response> {
        auto scope = with_cancel(ctx);
        scope.cancel();
        const auto child = scope.get_context();
        co_return co_await inner(child, req);
    };
    handler notes = [&](context, request) -> task<response> {
        called = true;
        co_return response();
    };

    start({late}, notes, loop.background());

    EXPECT_FALSE(called);
    EXPECT_EQ(error(), errc::canceled);
}

TEST_F(next_test, passes_values_on_without_another_frame)
{
    static constexpr context_key<int> answer_key{"answer"};
    int                               seen  = 0;
    middleware                        value = [](context ctx, request req, next inner) -> task<response> {
        co_return co_await inner(with_value(ctx, answer_key, 42), req);
    };
    handler reads = [&](context ctx, request) -> task<response> {
        seen = *ctx.value(answer_key);
        co_return response();
    };

    start({value}, reads, loop.background());

    EXPECT_EQ(seen, 42);
}

TEST_F(next_test, leaves_the_context_in_force_in_a_stream)
{
    auto    nothing = [](context, body_writer&) -> task<void> { co_return; };
    handler streams = [&](context, request) { return stream_response(status::ok, content_types::text, nothing); };

    start({with_deadline_of(9s), with_deadline_of(2s)}, streams, loop.background());

    ASSERT_TRUE(answer.stream());
    ASSERT_TRUE(answer.stream()->ctx);
    EXPECT_EQ(answer.stream()->ctx->remaining(), 2s);
    answer = response();
}

}  // namespace
}  // namespace curfew
