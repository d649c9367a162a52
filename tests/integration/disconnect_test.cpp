#include "live_server.hpp"

#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>
#include <curfew/testing/proves.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>

#include <atomic>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view get_slow = "GET /slow HTTP/1.1\r\nHost: test\r\n\r\n";

/// `/slow` waits for an hour, and says when it began.
struct slow_service {
    request_log log;
    event       began;

    router routes(route_options options = {})
    {
        router r;
        r.use(log.recorder());
        r.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        r.get("/slow",
              [this](context ctx, request) -> task<response> {
                  began.set();
                  co_await sleep_for(ctx, 1h);
                  co_return text(status::ok, "slept\n");
              },
              std::move(options));
        return r;
    }
};

}  // namespace

TEST(disconnect, a_fin_cancels_the_handler_that_sleeps)
{
    CURFEW_PROVES("D1", "H2");
    slow_service service;
    live_server  server(service.routes());

    auto client = server.connect();
    client.send(get_slow);
    ASSERT_TRUE(service.began.wait());
    client.close();

    const auto entry = service.log.wait_for(1).at(0);
    EXPECT_EQ(entry.record.outcome, outcome::client_gone);
    EXPECT_EQ(entry.record.status, status::client_closed_request);
    EXPECT_EQ(entry.record.why.kind(), cause_kind::client_disconnected);
    EXPECT_EQ(entry.record.why.how(), disconnect_how::fin);
}

TEST(disconnect, a_reset_cancels_the_handler_that_sleeps)
{
    CURFEW_PROVES("D1");
    slow_service service;
    live_server  server(service.routes());

    auto client = server.connect();
    client.send(get_slow);
    ASSERT_TRUE(service.began.wait());
    client.reset();

    const auto entry = service.log.wait_for(1).at(0);
    EXPECT_EQ(entry.record.outcome, outcome::client_gone);
    EXPECT_EQ(entry.record.why.how(), disconnect_how::reset);
}

namespace {

/// Both ways of seeing a departure.
struct departure : ::testing::TestWithParam<disconnect_detection> {
    static server_options options()
    {
        server_options chosen;
        chosen.detection = GetParam();
        return chosen;
    }
    static bool watched() { return GetParam() == disconnect_detection::automatic; }

    slow_service service;
};

route_options when(half_close what)
{
    route_options options;
    options.half_close = what;
    return options;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(detections, departure,
                         ::testing::Values(disconnect_detection::automatic, disconnect_detection::read_ahead),
                         [](const auto& tested) {
                             return tested.param == disconnect_detection::automatic ? "by_the_watch" : "by_reading_ahead";
                         });

TEST_P(departure, is_seen_behind_a_body_that_nobody_reads)
{
    CURFEW_PROVES("D2");
    router      routes = service.routes();
    const auto  wait   = [this](context ctx, request) -> task<response> {
        service.began.set();
        co_await sleep_for(ctx, 1h);
        co_return text(status::ok, "slept\n");
    };
    routes.post("/slow", wait);
    live_server server(std::move(routes), options());

    auto client = server.connect();
    client.send("POST /slow HTTP/1.1\r\nHost: test\r\nContent-Length: 50000\r\n\r\n" + std::string(50000, 'x'));
    ASSERT_TRUE(service.began.wait());
    client.close();

    EXPECT_EQ(service.log.wait_for(1).at(0).record.why.how(), disconnect_how::fin);
}

TEST_P(departure, by_reset_is_seen_behind_a_megabyte_of_pipelined_requests)
{
    CURFEW_PROVES("D2", "D3");
    live_server server(service.routes(), options());

    auto client = server.connect();
    client.send(get_slow);
    ASSERT_TRUE(service.began.wait());
    if (watched()) {
        // As much as the kernel takes, up to a megabyte: nobody reads it.
        std::string requests;
        while (requests.size() < 1024 * 1024) requests += get_slow;
        client.send_what_fits(requests);
    }
    client.reset();

    const auto entry = service.log.wait_for(1).at(0);
    EXPECT_EQ(entry.record.outcome, outcome::client_gone);
    EXPECT_EQ(entry.record.why.how(), disconnect_how::reset);
}

TEST_P(departure, by_fin_is_seen_behind_a_pipelined_request)
{
    CURFEW_PROVES("D3");
    live_server server(service.routes(), options());

    auto client = server.connect();
    client.send(std::string(get_slow).append("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n"));
    ASSERT_TRUE(service.began.wait());
    client.close();

    const auto entry = service.log.wait_for(1).at(0);
    EXPECT_EQ(entry.target, "/slow");
    EXPECT_EQ(entry.record.why.how(), disconnect_how::fin);
}

TEST_P(departure, of_half_a_connection_is_ignored_where_the_route_says_so)
{
    CURFEW_PROVES("D4");
    router routes = service.routes();
    routes.get("/patient",
               [this](context ctx, request) -> task<response> {
                   service.began.set();
                   co_await sleep_for(ctx, 50ms);
                   co_return text(status::ok, "patience\n");
               },
               when(half_close::ignore));
    live_server server(std::move(routes), options());

    auto client = server.connect();
    client.send("GET /patient HTTP/1.1\r\nHost: test\r\n\r\n");
    client.finish();

    EXPECT_THAT(client.read_all(), ::testing::EndsWith("patience\n"));
    EXPECT_EQ(service.log.wait_for(1).at(0).record.outcome, outcome::completed);
}

TEST_P(departure, of_half_a_connection_is_found_out_by_a_probe)
{
    CURFEW_PROVES("D4");
    live_server server(service.routes(when(half_close::probe)), options());

    auto half = server.connect(), gone = server.connect();
    half.send(get_slow);
    gone.send(get_slow);
    ASSERT_TRUE(service.began.wait(2));
    half.finish();
    EXPECT_EQ(half.read_until("\r\n\r\n"), "HTTP/1.1 102 Processing\r\n\r\n");
    gone.close();  // its kernel answers the 102 with a reset

    EXPECT_EQ(service.log.wait_for(1).at(0).record.why.how(), disconnect_how::reset);
    half.reset();
    service.log.wait_for(2);
}

TEST_P(departure, while_the_answer_streams_breaks_it_off)
{
    CURFEW_PROVES("D1", "D5");
    router routes = service.routes();
    routes.get("/flood", [](context, request) {
        return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
            const std::string piece(64 * 1024, 'x');
            for (;;) co_await out.write(ctx, piece);
        });
    });
    live_server server(std::move(routes), options());

    auto client = server.connect();
    client.send("GET /flood HTTP/1.1\r\nHost: test\r\n\r\n");
    client.read_until("xxxx");
    client.close();

    EXPECT_EQ(service.log.wait_for(1).at(0).record.outcome, outcome::client_gone);
}

TEST_P(departure, while_the_server_waits_for_the_body_cancels)
{
    CURFEW_PROVES("D5");
    router routes = service.routes();
    routes.post("/upload", [](context ctx, request req) -> task<response> {
        auto body = co_await req.read_all(ctx);
        co_return text(status::ok, std::move(body));
    });
    live_server server(std::move(routes), options());

    auto client = server.connect();
    client.send("POST /upload HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.close();

    EXPECT_EQ(service.log.wait_for(1).at(0).record.outcome, outcome::client_gone);
}

TEST_P(departure, does_not_cancel_a_route_that_finishes)
{
    CURFEW_PROVES("D10");
    router        routes = service.routes();
    route_options finishing;
    finishing.on_disconnect = on_disconnect::finish;
    routes.get("/finish",
               [this](context ctx, request) -> task<response> {
                   service.began.set();
                   co_await sleep_for(ctx, 50ms);
                   co_return text(status::ok, ctx.done() ? "cut\n" : "finished\n");
               },
               finishing);
    live_server server(std::move(routes), options());

    auto client = server.connect();
    client.send("GET /finish HTTP/1.1\r\nHost: test\r\n\r\n");
    ASSERT_TRUE(service.began.wait());
    client.close();

    EXPECT_FALSE(service.log.wait_for(1).at(0).record.why);
}

TEST_P(departure, alone_does_not_take_an_answer_away)
{
    CURFEW_PROVES("D11");
    live_server server(service.routes(), options());

    auto client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
    client.finish();

    EXPECT_THAT(client.read_all(), ::testing::EndsWith("hello\n"));
    EXPECT_EQ(service.log.wait_for(1).at(0).record.outcome, outcome::completed);
}

TEST(disconnect, the_deadline_that_a_client_sends_gives_504)
{
    CURFEW_PROVES("H1");
    slow_service service;
    live_server  server(service.routes());

    auto client = server.connect();
    client.send("GET /slow HTTP/1.1\r\nHost: test\r\nX-Request-Timeout-Ms: 20\r\n\r\n");

    EXPECT_THAT(client.read_answer(), ::testing::StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
    const auto entry = service.log.wait_for(1).at(0);
    EXPECT_EQ(entry.record.outcome, outcome::deadline);
    EXPECT_EQ(entry.record.why.origin(), deadline_origin::inbound_header);
    EXPECT_EQ(entry.record.why.header(), "x-request-timeout-ms");
}

TEST(deadline, of_one_request_never_reaches_the_next_on_the_connection)
{
    CURFEW_PROVES("D9");
    slow_service service;
    live_server  server(service.routes());

    auto client = server.connect();
    for (int i = 0; i != 3; ++i) {
        client.send("GET /slow HTTP/1.1\r\nHost: test\r\nX-Request-Timeout-Ms: 5\r\n\r\n");
        EXPECT_THAT(client.read_answer(), ::testing::StartsWith("HTTP/1.1 504"));
        client.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
        EXPECT_THAT(client.read_answer(), ::testing::EndsWith("hello\n"));
    }
    for (const auto& entry : service.log.wait_for(6))
        EXPECT_EQ(entry.record.outcome, entry.target == "/hello" ? outcome::completed : outcome::deadline);
}

TEST(deadline, that_has_passed_on_arrival_gives_504_and_keeps_the_connection)
{
    CURFEW_PROVES("W5");
    slow_service service;
    live_server  server(service.routes());

    auto client = server.connect();
    client.send("GET /slow HTTP/1.1\r\nHost: test\r\ngrpc-timeout: 0n\r\n\r\n");
    EXPECT_THAT(client.read_answer(), ::testing::StartsWith("HTTP/1.1 504"));
    client.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");

    EXPECT_THAT(client.read_answer(), ::testing::EndsWith("hello\n"));
    EXPECT_FALSE(service.began.is_set());
}

TEST(deadline, is_late_for_a_handler_that_answers_all_the_same)
{
    CURFEW_PROVES("H4");
    slow_service service;
    router       routes = service.routes();
    routes.get("/anyway", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1h, nothrow);
        co_return text(status::ok, "anyway\n");
    });
    live_server server(std::move(routes));

    auto client = server.connect();
    client.send("GET /anyway HTTP/1.1\r\nHost: test\r\nX-Request-Timeout-Ms: 5\r\n\r\n");

    EXPECT_THAT(client.read_answer(), ::testing::EndsWith("anyway\n"));
    ASSERT_EQ(service.log.wait_for(1).size(), 1u);
}

TEST(deadline, and_grace_answer_for_a_handler_that_ignores_them_and_await_it)
{
    CURFEW_PROVES("H6");
    slow_service service;
    router       routes = service.routes();
    routes.get("/deaf", [](context ctx, request) -> task<response> {
        const auto alone = without_cancel(ctx);
        co_await sleep_for(alone, 300ms);
        co_return text(status::ok, "at last\n");
    });
    live_server server(std::move(routes));

    auto client = server.connect();
    client.send("GET /deaf HTTP/1.1\r\nHost: test\r\nX-Request-Timeout-Ms: 5\r\n\r\n");
    const auto all = client.read_all();

    EXPECT_THAT(all, ::testing::StartsWith("HTTP/1.1 504"));
    EXPECT_THAT(all, ::testing::Not(::testing::HasSubstr("at last")));
    EXPECT_EQ(service.log.wait_for(1).at(0).record.outcome, outcome::deadline);
}

TEST(deadline, after_the_head_breaks_the_stream_off)
{
    CURFEW_PROVES("H1");
    slow_service service;
    router       routes = service.routes();
    routes.get("/stream", [](context, request) {
        return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
            co_await out.write(ctx, "begun");
            co_await sleep_for(ctx, 1h);
        });
    });
    live_server server(std::move(routes));

    auto chunked = server.connect(), old = server.connect();
    chunked.send("GET /stream HTTP/1.1\r\nHost: test\r\nX-Request-Timeout-Ms: 50\r\n\r\n");
    old.send("GET /stream HTTP/1.0\r\nX-Request-Timeout-Ms: 50\r\n\r\n");

    EXPECT_THAT(chunked.read_all(), ::testing::EndsWith("5\r\nbegun\r\n"));
    EXPECT_FALSE(chunked.was_reset());
    old.read_all();
    EXPECT_TRUE(old.was_reset());
}

TEST(leak, of_a_handler_is_joined_before_the_request_is_over)
{
    CURFEW_PROVES("L1");
    slow_service      service;
    std::atomic<bool> ended{false};
    router            routes = service.routes();
    routes.get("/leak", [&ended](context ctx, request) -> task<response> {
        auto forgotten = [](context inner, std::atomic<bool>& done) -> task<void> {
            co_await sleep_for(inner, 1h, nothrow);
            done = inner.cause().kind() == cause_kind::request_finished;
        };
        boost::asio::co_spawn(ctx.get_executor(), forgotten(ctx, ended), boost::asio::detached);
        co_await sleep_for(ctx, 1ms);
        co_return text(status::ok, "bye\n");
    });
    live_server server(std::move(routes));

    auto client = server.connect();
    client.send("GET /leak HTTP/1.1\r\nHost: test\r\n\r\n");
    client.read_answer();
    service.log.wait_for(1);

    EXPECT_TRUE(ended);
}

TEST(disconnect, hello_is_answered_on_a_connection_that_is_kept)
{
    slow_service service;
    live_server  server(service.routes());

    auto client = server.connect();
    for (int i = 0; i != 3; ++i) {
        client.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
        EXPECT_THAT(client.read_answer(), ::testing::EndsWith("\r\n\r\nhello\n"));
    }
    EXPECT_EQ(server.stop(), 0);
}
