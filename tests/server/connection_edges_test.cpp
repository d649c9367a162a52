// What may still happen to a connection when something else has just gone wrong on it.
#include "served_connection.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/http_error.hpp>
#include <curfew/shield.hpp>
#include <curfew/stream.hpp>
#include <curfew/upgrade.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

response hello(context, request)
{
    return text(status::ok, "hello\n");
}

route_options finishing()
{
    route_options options;
    options.on_disconnect = on_disconnect::finish;
    return options;
}

/// Routes and a record of the requests that they had.
struct edges : ::testing::TestWithParam<bool> {
    recorder log;
    router   routes;

    edges()
    {
        routes.use(log);
        routes.get("/hello", hello);
    }
    bool watched() const { return GetParam(); }
};

using edge = edges;

}  // namespace

INSTANTIATE_TEST_SUITE_P(watches, edge, ::testing::Bool(),
                         [](const auto& tested) { return tested.param ? "by_the_transport" : "by_reading_ahead"; });

TEST_P(edge, a_read_that_outlives_its_request_keeps_its_buffer)
{
    routes.post("/impatient", [](context ctx, request req) -> task<response> {
        try {
            const auto soon = with_timeout(ctx, 1s);
            co_await req.read_all(soon);
        } catch (const context_error&) {
            co_return text(status::accepted, "without it\n");
        }
        co_return text(status::ok, "with it\n");
    });
    served server(routes);
    auto   client = server.connect(watched());
    client.send("POST /impatient HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n");
    server.clock.advance(1s);
    EXPECT_THAT(client.receive(), EndsWith("without it\n"));

    client.send("abcde");
    client.get("/hello");

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
}

TEST_P(edge, a_body_that_came_whole_before_the_half_close_is_no_half_body)
{
    CURFEW_PROVES("D4");
    route_options options;
    options.half_close = half_close::ignore;
    routes.post(
        "/late",
        [](context ctx, request req) -> task<response> {
            co_await sleep_for(ctx, 1s);
            auto body = co_await req.read_all(ctx);
            co_return text(status::ok, std::move(body));
        },
        options);
    served server(routes);
    auto   client = server.connect(watched());
    client.send("POST /late HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3\r\nabc\r\n0\r\n\r\n");
    client.finish();
    server.clock.advance(1s);

    EXPECT_THAT(client.receive(), EndsWith("\r\n\r\nabc"));
}

TEST_F(edges, a_handler_that_makes_cancellation_throw_ends_only_itself)
{
    routes.get("/throws", [](context ctx, request) -> task<response> {
        co_await boost::asio::this_coro::throw_if_cancelled(true);
        co_await sleep_for(ctx, 1s, nothrow);
        co_return text(status::ok, "all the same\n");
    });
    routes.get("/streams", [](context ctx, request) -> task<response> {
        co_await boost::asio::this_coro::throw_if_cancelled(true);
        co_await sleep_for(ctx, 1s, nothrow);
        co_return stream_response(status::ok, content_types::text, [](context, body_writer&) -> task<void> { co_return; });
    });
    served server(routes);
    auto   plain = server.connect(), streamed = server.connect();
    plain.get("/throws");
    streamed.get("/streams");

    plain.finish();
    streamed.finish();

    EXPECT_EQ(log.size(), 2u);
    EXPECT_THAT(plain.receive(), EndsWith("all the same\n"));
}

TEST_F(edges, an_answer_is_delivered_though_the_rest_of_the_body_is_malformed)
{
    routes.post("/ignore", [](context, request) { return text(status::ok, "no thanks\n"); });
    served server(routes);
    auto   client = server.connect();

    client.send("POST /ignore HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

    EXPECT_THAT(client.receive(), EndsWith("no thanks\n"));
    EXPECT_TRUE(client.server_finished());
}

TEST_F(edges, a_connection_is_taken_over_behind_answers_that_were_formatted_in_the_same_turn)
{
    CURFEW_PROVES("D7");
    routes.get("/wait", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1ms);
        co_return no_content();
    });
    routes.get("/upgrade", [](context ctx, request req) -> task<response> {
        auto raw = co_await upgrade(ctx, req, "raw");
        co_await raw.async_write_some(boost::asio::buffer("raw", 3), boost::asio::use_awaitable);
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();
    client.get("/wait");
    server.clock.advance(1ms);
    client.receive();

    client.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\nGET /upgrade HTTP/1.1\r\nHost: t\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");

    EXPECT_THAT(client.receive(), EndsWith("hello\nraw"));
}

TEST_F(edges, the_head_of_a_stream_does_not_wait_for_its_first_piece)
{
    routes.get("/stream", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        co_return stream_response(status::ok, content_types::text, [](context c, body_writer& out) -> task<void> {
            co_await sleep_for(c, 1h);
            co_await out.write(c, "at last");
        });
    });
    served server(routes);
    auto   client = server.connect();
    client.get("/stream");

    server.clock.advance(1s);

    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 OK\r\n"));
    client.reset();
}

TEST_F(edges, a_stream_that_is_to_finish_learns_that_nobody_takes_it)
{
    CURFEW_PROVES("D10");
    int written = 0;
    routes.get(
        "/stream",
        [&](context, request) -> task<response> {
            co_return stream_response(status::ok, content_types::text, [&](context c, body_writer& out) -> task<void> {
                co_await sleep_for(c, 1s);
                for (; written != 1000; ++written) co_await out.write(c, "more");
            });
        },
        finishing());
    served server(routes);
    auto   client = server.connect();
    client.get("/stream");
    client.reset();

    server.clock.advance(1s);

    EXPECT_EQ(written, 0);
    EXPECT_EQ(log.last().outcome, outcome::client_gone);
}

TEST_F(edges, a_request_that_is_to_finish_keeps_its_deadline_when_its_client_is_gone)
{
    CURFEW_PROVES("D10");
    error_code ended;
    auto       options = finishing();
    options.timeout    = 5s;
    routes.get(
        "/long",
        [&](context ctx, request) -> task<response> {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 1h);
            co_await timer.async_wait(bind_context(ctx, boost::asio::redirect_error(boost::asio::use_awaitable, ended)));
            co_return no_content();
        },
        options);
    served server(routes);
    auto   client = server.connect();
    client.get("/long");
    client.reset();
    EXPECT_FALSE(ended);

    server.clock.advance(5s);

    EXPECT_EQ(ended, errc::deadline_exceeded);
    EXPECT_EQ(log.size(), 1u);
}

TEST_F(edges, answers_before_a_request_that_is_given_up_are_delivered)
{
    CURFEW_PROVES("D11");
    routes.get("/sleep", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        co_return text(status::ok, "slept\n");
    });
    served server(routes);
    auto   client = server.connect();
    client.window(10);
    client.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\nGET /sleep HTTP/1.1\r\nHost: t\r\n\r\n");

    client.finish();
    client.window(1000);

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
    EXPECT_EQ(log.last().outcome, outcome::client_gone);
}

TEST_F(edges, a_straggler_keeps_the_head_of_its_request_while_the_connection_lingers)
{
    CURFEW_PROVES("H6");
    std::string seen;
    routes.get("/stubborn", [&](context ctx, request req) -> task<response> {
        auto on = [](context c) { return sleep_for(c, 30'500ms, boost::asio::use_awaitable); };
        co_await shield(ctx, 1h, on);
        seen = req.header("x-long").value_or("");
        co_return no_content();
    });
    served            server(routes);
    auto              client = server.connect();
    const std::string value(12'000, 'v');
    client.get("/stubborn", "X-Long: " + value + "\r\n");
    server.clock.advance(30s + 100ms);
    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 504 Gateway Timeout");

    client.send(std::string(14'000, 'x'));
    server.clock.advance(400ms);

    EXPECT_EQ(seen, value);
}

TEST_F(edges, a_request_that_has_come_when_the_drain_begins_is_served)
{
    CURFEW_PROVES("L2");
    served server(routes);
    auto   client = server.connect();
    client.wire().client_sends("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");

    server.worker().drain();
    server.loop.run_ready();

    EXPECT_THAT(client.receive(), AllOf(HasSubstr("Connection: close"), EndsWith("hello\n")));
}

TEST_F(edges, a_body_that_is_announced_too_large_is_not_asked_for)
{
    CURFEW_PROVES("H3");
    routes.post("/read", [](context ctx, request req) -> task<response> {
        std::array<char, 16> piece;
        co_await req.read_some(ctx, boost::asio::buffer(piece));
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();

    client.send("POST /read HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");

    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 413 Content Too Large");
    EXPECT_EQ(log.last().outcome, outcome::refused);
}

TEST_F(edges, an_empty_line_before_a_silence_is_forgotten_with_it)
{
    served server(routes);
    auto   client = server.connect();
    client.send("\r\n");

    server.clock.advance(10s);
    client.get("/hello");

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
}

TEST_F(edges, a_connection_whose_client_reads_nothing_waits_without_spinning)
{
    served server(routes);
    auto   client = server.connect();
    client.window(0);
    client.get("/hello");

    server.clock.advance(19s);
    EXPECT_FALSE(client.server_closed());
    server.clock.advance(1s);

    EXPECT_TRUE(client.server_reset());
}

TEST_F(edges, what_is_abandoned_is_canceled_and_counted)
{
    routes.post("/read", [](context ctx, request req) -> task<response> {
        auto body = co_await req.read_all(ctx);
        co_return text(status::ok, std::move(body));
    });
    served server(routes);
    auto   client = server.connect();
    client.send("POST /read HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n");

    server.worker().abandon();
    server.loop.run_ready();

    EXPECT_EQ(server.worker().counts().abandoned, 1u);
    EXPECT_EQ(log.last().outcome, outcome::shutdown);
}
