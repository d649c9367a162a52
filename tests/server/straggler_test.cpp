// Handlers that do not come home when they are called: where they are said to be, and what becomes of their results.
#include "logged_lines.hpp"
#include "served_connection.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <source_location>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

constexpr auto one_second = "x-request-timeout-ms: 1000\r\n";

/// The line that a handler waits in, in the notation of the log.
class place {
public:
    void here(std::source_location at = std::source_location::current()) { text_ = "straggler_test.cpp:" + std::to_string(at.line()); }
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_ = "no place";
};

struct straggler : ::testing::Test {
    recorder     log;
    router       routes;
    logged_lines logged;
    place        waits;

    straggler() { routes.use(log); }

    /// Has a handler miss its deadline, and looks where it is said to wait.
    void expect_to_be_found(handler late)
    {
        routes.get("/late", std::move(late));
        served server(routes);
        auto   client = server.connect();
        client.get("/late", one_second);

        server.clock.advance(1100ms);

        EXPECT_THAT(client.receive(), HasSubstr("504 Gateway Timeout"));
        const auto inflight = server.worker().snapshot();
        ASSERT_EQ(inflight.size(), 1u);
        EXPECT_THAT(inflight[0].waiting_at, HasSubstr(waits.text()));
        EXPECT_THAT(logged.lines, Contains(HasSubstr("waiting at " + inflight[0].waiting_at)));
        server.clock.advance(1h);
        EXPECT_EQ(log.size(), 1u);
    }
};

}  // namespace

TEST_F(straggler, is_found_in_a_sleep_under_a_context_that_was_detached)
{
    CURFEW_PROVES("H6");
    expect_to_be_found([this](context ctx, request) -> task<response> {
        waits.here(); co_await sleep_for(without_cancel(ctx), 10s);
        co_return no_content();
    });
}

TEST_F(straggler, is_found_in_a_bound_operation_under_a_context_that_was_detached)
{
    CURFEW_PROVES("H6");
    expect_to_be_found([this](context ctx, request) -> task<response> {
        const auto                detached = with_timeout(without_cancel(ctx), 10s);
        boost::asio::steady_timer timer(ctx.get_executor(), 1h);
        waits.here(); co_await timer.async_wait(bind_context(detached, nothrow));
        co_return no_content();
    });
}

TEST_F(straggler, is_found_where_it_waits_for_its_children)
{
    CURFEW_PROVES("H6");
    expect_to_be_found([this](context ctx, request) -> task<response> {
        auto stubborn = [](context c) -> task<int> {
            co_await sleep_for(without_cancel(c), 10s);
            co_return 1;
        };
        auto obedient = [](context c) -> task<int> {
            co_await sleep_for(c, 10s);
            co_return 2;
        };
        waits.here(); co_await when_all(ctx, stubborn, obedient);
        co_return no_content();
    });
}

TEST_F(straggler, is_not_looked_for_where_the_request_before_it_waited)
{
    CURFEW_PROVES("H6");
    std::optional<boost::asio::steady_timer> raw;
    routes.get("/first", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1ms);
        co_return no_content();
    });
    routes.get("/raw", [&](context, request) -> task<response> {
        raw.emplace(co_await boost::asio::this_coro::executor, 1h);
        for (error_code stopped;;) {
            co_await raw->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, stopped));
            if (!raw) break;
        }
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();
    client.get("/first");
    server.clock.advance(1ms);
    client.get("/raw", one_second);

    server.clock.advance(1100ms);

    const auto inflight = server.worker().snapshot();
    ASSERT_EQ(inflight.size(), 1u);
    EXPECT_THAT(inflight[0].waiting_at, IsEmpty());
    raw.reset();
    server.loop.run_ready();
}

TEST_F(straggler, is_counted_as_late_once_it_is_home)
{
    CURFEW_PROVES("H6");
    routes.get("/returns", [](context ctx, request) -> task<response> {
        co_await sleep_for(without_cancel(ctx), 10s);
        co_return text(status::ok, "at last\n");
    });
    routes.get("/throws", [](context ctx, request) -> task<response> {
        co_await sleep_for(without_cancel(ctx), 20s);
        throw std::runtime_error("no luck");
    });
    routes.get("/in_time", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 10s, nothrow);
        co_return text(status::ok, "in the grace\n");
    });
    served server(routes);
    auto   returns = server.connect(), throws = server.connect(), in_time = server.connect();
    returns.get("/returns", one_second);
    throws.get("/throws", one_second);
    in_time.get("/in_time", one_second);

    server.clock.advance(1100ms);
    EXPECT_EQ(server.worker().counts().stragglers, 2u);
    EXPECT_EQ(server.worker().counts().late, 0u);
    server.clock.advance(9s);
    EXPECT_EQ(server.worker().counts().late, 1u);
    EXPECT_THAT(logged.lines.back(), HasSubstr("GET /returns (route /returns) has come home 10000 ms after its start"));
    server.clock.advance(10s);
    EXPECT_EQ(server.worker().counts().late, 2u);

    EXPECT_EQ(server.worker().counts().stragglers, 2u);
    EXPECT_EQ(log.size(), 3u);
}
