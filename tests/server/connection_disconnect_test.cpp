#include "served_connection.hpp"

#include <curfew/shield.hpp>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

task<response> sleep_a_second(context ctx, request)
{
    co_await sleep_for(ctx, 1s);
    co_return text(status::ok, "slept\n");
}

struct departure : ::testing::TestWithParam<bool> {
    bool     watched() const { return GetParam(); }
    recorder log;

    router routes(route_options options = {}) const
    {
        router r;
        r.use(log);
        r.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        r.route(method::post, "/sleep", sleep_a_second, options);
        r.get("/sleep", sleep_a_second, options);
        return r;
    }

    void expect_gone(disconnect_how how) const
    {
        ASSERT_EQ(log.size(), 1u);
        EXPECT_EQ(log.last().outcome, outcome::client_gone);
        EXPECT_EQ(log.last().status, status::client_closed_request);
        EXPECT_EQ(log.last().why.kind(), cause_kind::client_disconnected);
        EXPECT_EQ(log.last().why.how(), how);
    }
};

route_options when_closed(half_close what)
{
    route_options options;
    options.half_close = what;
    return options;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(watches, departure, ::testing::Bool(),
                         [](const auto& tested) { return tested.param ? "by_the_transport" : "by_reading_ahead"; });

TEST_P(departure, by_fin_cancels_the_handler_and_nothing_is_written)
{
    CURFEW_PROVES("D1", "H2");
    served server(routes());
    auto   client = server.connect(watched());
    client.get("/sleep");

    client.finish();

    expect_gone(disconnect_how::fin);
    EXPECT_THAT(client.receive(), IsEmpty());
    EXPECT_TRUE(client.server_closed());
}

TEST_P(departure, by_reset_cancels_the_handler)
{
    CURFEW_PROVES("D1");
    served server(routes());
    auto   client = server.connect(watched());
    client.get("/sleep");

    client.reset();

    expect_gone(disconnect_how::reset);
}

TEST_P(departure, is_seen_behind_a_body_that_nobody_reads)
{
    CURFEW_PROVES("D2");
    served server(routes());
    auto   client = server.connect(watched());
    client.send("POST /sleep HTTP/1.1\r\nHost: t\r\nContent-Length: 3000\r\n\r\n" + std::string(3000, 'x'));

    client.finish();

    expect_gone(disconnect_how::fin);
}

TEST_P(departure, is_seen_behind_a_pipelined_request)
{
    CURFEW_PROVES("D3");
    served server(routes());
    auto   client = server.connect(watched());
    client.get("/sleep");
    client.get("/hello");

    client.finish();

    expect_gone(disconnect_how::fin);
}

TEST_P(departure, is_not_taken_for_one_when_a_client_pipelines_and_stays)
{
    CURFEW_PROVES("D3");
    served server(routes());
    auto   client = server.connect(watched());
    client.get("/sleep");
    client.get("/hello");

    server.clock.advance(1s);

    const auto answers = client.receive();
    EXPECT_LT(answers.find("slept"), answers.find("hello"));
    EXPECT_EQ(log.size(), 2u);
}

TEST_P(departure, of_half_a_connection_is_ignored_where_the_route_says_so)
{
    CURFEW_PROVES("D4");
    served server(routes(when_closed(half_close::ignore)));
    auto   client = server.connect(watched());
    client.get("/sleep");

    client.finish();
    EXPECT_EQ(log.size(), 0u);
    server.clock.advance(1s);

    EXPECT_THAT(client.receive(), EndsWith("slept\n"));
    EXPECT_EQ(log.last().outcome, outcome::completed);
    EXPECT_TRUE(client.server_closed());
}

TEST_P(departure, of_half_a_connection_is_probed_where_the_route_says_so)
{
    CURFEW_PROVES("D4");
    served server(routes(when_closed(half_close::probe)));
    auto   half = server.connect(watched()), gone = server.connect(watched());
    half.get("/sleep");
    gone.get("/sleep");
    server.clock.advance(500ms);

    half.finish();
    gone.finish();
    server.clock.advance(1ms);
    EXPECT_EQ(half.receive(), "HTTP/1.1 102 Processing\r\n\r\n");
    EXPECT_EQ(log.size(), 0u);
    gone.reset();  // which is how a peer without a socket answers
    if (watched()) expect_gone(disconnect_how::reset);
    server.clock.advance(500ms);

    const auto rest = half.receive();
    EXPECT_THAT(rest, EndsWith("slept\n"));
    EXPECT_EQ(rest.find("102"), rest.npos);
}

TEST_P(departure, does_not_cancel_a_route_that_finishes)
{
    CURFEW_PROVES("D10");
    route_options options;
    options.on_disconnect = on_disconnect::finish;
    served server(routes(options));
    auto   client = server.connect(watched()), reset = server.connect(watched());
    client.get("/sleep");
    reset.get("/sleep");

    client.finish();
    reset.reset();
    EXPECT_EQ(log.size(), 0u);
    server.clock.advance(1s);

    ASSERT_EQ(log.size(), 2u);
    EXPECT_THAT(client.receive(), EndsWith("slept\n"));
}

TEST_P(departure, does_not_lift_the_deadline_of_a_route_that_finishes)
{
    CURFEW_PROVES("D10");
    route_options options;
    options.on_disconnect = on_disconnect::finish;
    options.timeout       = 500ms;
    served server(routes(options));
    auto   client = server.connect(watched());
    client.get("/sleep");

    client.reset();
    server.clock.advance(500ms);

    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().why.kind(), cause_kind::deadline_exceeded);
    EXPECT_EQ(server.clock.pending_timers(), 0u);
}

TEST_P(departure, seen_before_the_request_is_applied_when_the_handler_first_waits)
{
    CURFEW_PROVES("D11");
    served server(routes());
    auto   quick = server.connect(watched()), slow = server.connect(watched());

    quick.wire().client_sends("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
    quick.finish();
    EXPECT_THAT(quick.receive(), EndsWith("hello\n"));
    EXPECT_EQ(log.last().outcome, outcome::completed);

    slow.wire().client_sends("GET /sleep HTTP/1.1\r\nHost: t\r\n\r\n");
    slow.finish();
    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log.last().outcome, outcome::client_gone);
}

TEST(disconnect, leaves_the_answer_to_a_handler_that_completes_it_after_a_fin)
{
    CURFEW_PROVES("D11");
    recorder log;
    router   routes;
    routes.use(log);
    routes.get("/stubborn", [](context ctx, request) -> task<response> {
        const auto result = co_await sleep_for(ctx, 1s, nothrow);
        const auto& [ec]  = result;
        co_return text(status::ok, ec == errc::client_disconnected ? "you left\n" : "slept\n");
    });
    served server(std::move(routes));
    auto   after_fin = server.connect(), after_reset = server.connect();
    after_fin.get("/stubborn");
    after_reset.get("/stubborn");

    after_fin.finish();
    EXPECT_THAT(after_fin.receive(), EndsWith("you left\n"));
    EXPECT_EQ(log.last().outcome, outcome::completed);
    EXPECT_EQ(log.last().why.kind(), cause_kind::client_disconnected);

    after_reset.reset();
    EXPECT_THAT(after_reset.receive(), IsEmpty());
    EXPECT_EQ(log.last().outcome, outcome::client_gone);
}

TEST(disconnect, of_one_request_never_reaches_the_next)
{
    CURFEW_PROVES("D9");
    recorder log;
    router   routes;
    routes.use(log);
    routes.get("/sleep", sleep_a_second);
    served server(std::move(routes));
    auto   client = server.connect();

    // The first handler's context ends in the very turn in which its handler does.
    client.get("/sleep", "X-Request-Timeout-Ms: 1000\r\n");
    server.clock.advance(1s);
    client.receive();
    client.get("/sleep");
    server.clock.advance(1s);

    EXPECT_THAT(client.receive(), EndsWith("slept\n"));
    EXPECT_FALSE(log.last().why);
}

TEST(disconnect, costs_one_outcome_when_it_meets_the_end_of_the_handler)
{
    CURFEW_PROVES("D6", "H7");
    recorder log;
    router   routes;
    routes.use(log);
    routes.get("/sleep", sleep_a_second);
    served server(std::move(routes));
    auto   client = server.connect();
    client.get("/sleep");

    client.wire().client_finishes();  // told in the turn in which the sleep ends
    server.clock.advance(1s);

    EXPECT_EQ(log.size(), 1u);
}
