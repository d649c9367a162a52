#include "served_connection.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/shield.hpp>

#include <boost/asio/detached.hpp>

#include <functional>
#include <memory>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

struct timed {
    recorder              log;
    unsigned              calls = 0;
    std::function<void()> let_deaf_end;

    /// An operation that supports no cancellation.
    auto deaf(const context& ctx)
    {
        auto token = bind_context(ctx);
        return boost::asio::async_initiate<decltype(token), void(error_code)>(
            [this](auto handler) {
                let_deaf_end = [held = std::make_shared<decltype(handler)>(std::move(handler))] {
                    std::move (*held)(error_code());
                };
            },
            token);
    }

    router routes(route_options options = {})
    {
        router r;
        r.use(log);
        r.get("/sleep",
              [this](context ctx, request) -> task<response> {
                  ++calls;
                  co_await sleep_for(ctx, 1h);
                  co_return text(status::ok, "slept\n");
              },
              options);
        r.get("/stubborn", [this](context ctx, request) -> task<response> {
            ++calls;
            co_await deaf(ctx);
            co_return text(status::ok, "at last\n");
        });
        return r;
    }
};

}  // namespace

TEST(deadline, of_the_server_ends_the_context_and_gives_504)
{
    CURFEW_PROVES("H1", "P1");
    timed  service;
    served server(service.routes());
    auto   client = server.connect();

    client.get("/sleep");
    server.clock.advance(29'999ms);
    EXPECT_THAT(client.receive(), IsEmpty());
    server.clock.advance(1ms);

    const auto answer = client.receive();
    EXPECT_EQ(status_line(answer), "HTTP/1.1 504 Gateway Timeout");
    EXPECT_THAT(answer, HasSubstr("application/problem+json"));
    EXPECT_THAT(answer, HasSubstr(R"("origin":"server")"));
    EXPECT_THAT(answer, HasSubstr(R"("budget_ms":30000)"));
    EXPECT_THAT(answer, Not(HasSubstr("Connection: close")));
    EXPECT_EQ(service.log.last().outcome, outcome::deadline);
    EXPECT_EQ(service.log.last().why.origin(), deadline_origin::server_default);
}

TEST(deadline, is_the_soonest_of_server_route_and_client)
{
    CURFEW_PROVES("W0", "W4", "P3");
    timed         service;
    route_options options;
    options.timeout = 5s;
    served server(service.routes(options));
    auto   client = server.connect();

    client.get("/sleep", "grpc-timeout: 2S\r\nx-envoy-expected-rq-timeout-ms: 1500\r\n");
    server.clock.advance(1500ms);
    EXPECT_EQ(service.log.last().why.origin(), deadline_origin::inbound_header);
    EXPECT_EQ(service.log.last().why.header(), "x-envoy-expected-rq-timeout-ms");
    EXPECT_THAT(client.receive(), HasSubstr(R"("origin":"x-envoy-expected-rq-timeout-ms")"));

    client.get("/sleep", "x-request-timeout-ms: 6000\r\n");
    server.clock.advance(5s);
    EXPECT_EQ(service.log.last().why.origin(), deadline_origin::route);
    EXPECT_EQ(service.log.last().why.configured(), 5s);
}

TEST(deadline, that_has_passed_on_arrival_gives_504_without_calling_the_handler)
{
    CURFEW_PROVES("W5");
    timed  service;
    served server(service.routes());
    auto   client = server.connect();

    client.get("/sleep", "grpc-timeout: 0n\r\n");

    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 504"));
    EXPECT_EQ(service.calls, 0u);
    EXPECT_EQ(server.worker().counts().expired, 1u);
    EXPECT_EQ(service.log.last().outcome, outcome::deadline);
    EXPECT_FALSE(client.server_finished());
}

TEST(deadline, in_a_malformed_header_is_ignored_and_counted)
{
    CURFEW_PROVES("W3");
    timed  service;
    served server(service.routes());
    auto   client = server.connect();

    client.get("/sleep", "x-request-timeout-ms: -1\r\n");
    server.clock.advance(30s);

    EXPECT_EQ(server.worker().counts().malformed_deadlines, 1u);
    EXPECT_EQ(service.log.last().why.origin(), deadline_origin::server_default);
}

TEST(deadline, leaves_the_answer_to_a_handler_that_returns_within_the_grace)
{
    CURFEW_PROVES("H4");
    recorder log;
    router   routes;
    routes.use(log);
    routes.get("/late", [](context ctx, request) -> task<response> {
        const auto alone = without_cancel(ctx);
        co_await sleep_for(alone, 1050ms);
        co_return text(status::ok, "just in time\n");
    });
    served server(std::move(routes));
    auto   client = server.connect();

    client.get("/late", "x-request-timeout-ms: 1000\r\n");
    server.clock.advance(2s);

    EXPECT_THAT(client.receive(), EndsWith("just in time\n"));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::completed);
}

TEST(deadline, and_grace_make_the_server_answer_in_the_place_of_a_handler_that_ignores_them)
{
    CURFEW_PROVES("H6", "H7");
    timed  service;
    served server(service.routes());
    auto   client = server.connect();

    client.get("/stubborn", "x-request-timeout-ms: 1000\r\n");
    client.get("/sleep");
    server.clock.advance(1099ms);
    EXPECT_THAT(client.receive(), IsEmpty());
    server.clock.advance(1ms);

    const auto answer = client.receive();
    EXPECT_EQ(status_line(answer), "HTTP/1.1 504 Gateway Timeout");
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
    EXPECT_EQ(server.worker().counts().stragglers, 1u);
    EXPECT_EQ(service.log.size(), 0u);                    // it is awaited
    ASSERT_EQ(server.worker().snapshot().size(), 1u);     // and listed, with the place where it waits
    EXPECT_THAT(server.worker().snapshot()[0].waiting_at, HasSubstr("connection_deadline_test.cpp"));

    server.clock.advance(60s);
    service.let_deaf_end();
    server.loop.run_ready();
    ASSERT_EQ(service.log.size(), 1u);
    EXPECT_EQ(service.log.last().outcome, outcome::deadline);
    EXPECT_EQ(service.log.last().quiet, 60s + 100ms);
    EXPECT_THAT(client.receive(), IsEmpty());  // its late answer is dropped
    EXPECT_EQ(service.calls, 1u);              // what was pipelined behind it is not begun
}

TEST(deadline, does_not_make_a_straggler_of_a_shielded_handler_whose_client_left)
{
    CURFEW_PROVES("D10", "H6");
    recorder log;
    router   routes;
    routes.use(log);
    routes.get("/commit", [](context ctx, request) -> task<response> {
        auto commit = [](context safe) -> task<void> { co_await sleep_for(safe, 5s); };
        co_await shield(ctx, 10s, commit);
        co_return text(status::ok, "committed\n");
    });
    served server(std::move(routes));
    auto   client = server.connect();
    client.get("/commit");

    client.finish();
    server.clock.advance(5s);

    EXPECT_EQ(server.worker().counts().stragglers, 0u);
    EXPECT_EQ(log.last().outcome, outcome::completed);
    EXPECT_THAT(client.receive(), EndsWith("committed\n"));
}

TEST(deadline, lowered_by_a_middleware_binds_and_tells_its_origin)
{
    CURFEW_PROVES("P3");
    struct timeout_hook {
        std::optional<response> before(const context& ctx, const request&) const
        {
            auto& work = ctx.life().work();
            curfew::detail::deadline_setting setting;
            setting.origin     = deadline_origin::route;
            setting.configured = 2s;
            work.lower_deadline(work.started() + 2s, setting);
            return std::nullopt;
        }
    };
    timed  service;
    router routes;
    routes.use(timeout_hook());
    routes.mount("", service.routes());
    served server(std::move(routes));
    auto   client = server.connect();

    client.get("/sleep");
    server.clock.advance(2s);

    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 504"));
    EXPECT_EQ(service.log.last().why.configured(), 2s);
}

TEST(leak, of_a_handler_is_canceled_joined_and_counted_before_the_request_is_over)
{
    CURFEW_PROVES("L1");
    recorder log;
    bool     ended = false;
    router   routes;
    routes.use(log);
    routes.get("/leak", [&ended](context ctx, request) -> task<response> {
        auto forgotten = [](context inner, bool& done) -> task<void> {
            co_await sleep_for(inner, 1h, nothrow);
            done = inner.cause().kind() == cause_kind::request_finished;
        };
        boost::asio::co_spawn(ctx.get_executor(), forgotten(ctx, ended), boost::asio::detached);
        co_await sleep_for(ctx, 1s);
        co_return text(status::ok, "bye\n");
    });
    served server(std::move(routes));
    auto   client = server.connect();

    client.get("/leak");
    server.clock.advance(1s);

    EXPECT_TRUE(ended);
    EXPECT_EQ(server.worker().counts().leaks, 1u);
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::completed);
    EXPECT_THAT(client.receive(), EndsWith("bye\n"));
}
