#include "served_connection.hpp"

#include <curfew/http_error.hpp>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

router hello_routes(const recorder& log)
{
    router routes;
    routes.use(log);
    routes.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
    routes.get("/sleep", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        co_return text(status::ok, "slept\n");
    });
    routes.get("/fail", [](context, request) -> response { throw std::runtime_error("no luck"); });
    routes.get("/gone", [](context, request) -> response { throw http_error(status::gone, "it was here"); });
    return routes;
}

std::size_t count(std::string_view text, std::string_view part)
{
    std::size_t n = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++n;
    return n;
}

}  // namespace

TEST(connection, answers_a_request_and_keeps_the_connection)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    client.get("/hello");
    const auto first = client.receive();
    client.get("/hello");

    EXPECT_THAT(first, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(first, EndsWith("Content-Length: 6\r\n\r\nhello\n"));
    EXPECT_EQ(client.receive(), first);
    EXPECT_FALSE(client.server_closed());
    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log.last().outcome, outcome::completed);
    EXPECT_EQ(log.last().sent, 6u);
}

TEST(connection, answers_pipelined_requests_in_order_whichever_of_them_wait)
{
    CURFEW_PROVES("H7");
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    const std::string hello = "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n", sleep = "GET /sleep HTTP/1.1\r\nHost: t\r\n\r\n";
    client.send(hello + sleep + hello + sleep + hello);
    const auto before = client.receive();
    server.clock.advance(1s);
    const auto between = client.receive();
    server.clock.advance(1s);

    EXPECT_EQ(count(before, "200 OK"), 1u);
    EXPECT_EQ(count(between, "200 OK"), 2u);
    EXPECT_LT(between.find("slept"), between.find("hello"));
    EXPECT_EQ(count(client.receive(), "200 OK"), 2u);
    EXPECT_EQ(log.size(), 5u);
}

TEST(connection, yields_to_others_after_its_share_of_pipelined_answers)
{
    recorder       log;
    server_options options;
    options.limits.answers_per_turn = 2;
    served server(hello_routes(log), options);
    auto   client = server.connect();

    std::string five;
    for (int i = 0; i != 5; ++i) five += "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";
    client.send(five);

    EXPECT_EQ(count(client.receive(), "200 OK"), 5u);
}

TEST(connection, takes_a_head_that_comes_byte_by_byte)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    for (const char c : std::string("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")) client.send(std::string(1, c));

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
}

TEST(connection, closes_when_the_client_asks_for_it_and_lingers_until_it_has_taken_the_answer)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    client.get("/hello", "Connection: close\r\n");

    EXPECT_THAT(client.receive(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.server_finished());
    EXPECT_FALSE(client.server_closed());
    client.finish();
    EXPECT_TRUE(client.server_closed());
    EXPECT_FALSE(client.server_reset());
}

TEST(connection, lingers_no_longer_once_the_client_has_reset_it)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();
    client.get("/hello", "Connection: close\r\n");
    ASSERT_TRUE(client.server_finished());

    client.reset();

    EXPECT_TRUE(client.server_closed());
    EXPECT_EQ(server.clock.pending_timers(), 0u);
}

TEST(connection, does_not_linger_longer_than_its_limit)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();
    client.get("/hello", "Connection: close\r\n");

    server.clock.advance(1s);

    EXPECT_TRUE(client.server_closed());
    EXPECT_EQ(server.clock.pending_timers(), 0u);
}

TEST(connection, closes_after_an_http_1_0_request_unless_it_asks_to_be_kept)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect(), keeping = server.connect();

    client.send("GET /hello HTTP/1.0\r\n\r\n");
    keeping.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

    EXPECT_THAT(client.receive(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.server_finished());
    EXPECT_THAT(keeping.receive(), HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_FALSE(keeping.server_finished());
}

TEST(connection, answers_head_with_the_same_head_and_no_body)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    client.send("HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\n");

    EXPECT_THAT(client.receive(), EndsWith("Content-Length: 6\r\n\r\n"));
    EXPECT_EQ(log.last().sent, 0u);
}

TEST(connection, refuses_what_is_not_http_and_closes)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    client.send("GET /hello HTTP/1.1\r\n\r\n");

    const auto answer = client.receive();
    EXPECT_EQ(status_line(answer), "HTTP/1.1 400 Bad Request");
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.server_finished());
}

TEST(connection, answers_500_to_an_exception_and_goes_on)
{
    CURFEW_PROVES("H7");
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    client.get("/fail");
    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 500 Internal Server Error");
    EXPECT_EQ(log.last().outcome, outcome::failed);

    client.get("/gone");
    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 410 Gone");
    EXPECT_EQ(log.last().outcome, outcome::completed);
}

TEST(connection, cuts_a_head_that_takes_too_long_with_408)
{
    CURFEW_PROVES("H3");
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();

    client.send("GET /hello HTTP/1.1\r\nHo");
    server.clock.advance(9s);
    EXPECT_THAT(client.receive(), IsEmpty());
    server.clock.advance(1s);

    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 408 Request Timeout");
    server.clock.advance(1s);
    EXPECT_TRUE(client.server_closed());
}

TEST(connection, closes_an_idle_connection_without_a_word)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();
    client.get("/hello");
    client.receive();

    server.clock.advance(59s);
    EXPECT_FALSE(client.server_closed());
    server.clock.advance(1s);

    EXPECT_TRUE(client.server_closed());
    EXPECT_THAT(client.receive(), IsEmpty());
}

TEST(connection, ends_after_its_share_of_requests)
{
    recorder       log;
    server_options options;
    options.limits.requests = 2;
    served server(hello_routes(log), options);
    auto   client = server.connect();

    client.get("/hello");
    EXPECT_THAT(client.receive(), Not(HasSubstr("Connection: close")));
    client.get("/hello");
    EXPECT_THAT(client.receive(), HasSubstr("Connection: close"));
}

TEST(connection, gives_the_next_request_a_context_of_its_own_when_a_handle_was_kept)
{
    recorder               log;
    std::optional<context> kept;
    router                 routes = hello_routes(log);
    routes.get("/keep", [&kept](context ctx, request) {
        kept = ctx;
        return text(status::ok, "kept\n");
    });
    served server(std::move(routes));
    auto   client = server.connect();

    client.get("/keep");
    EXPECT_TRUE(kept->done());
    EXPECT_EQ(kept->cause().kind(), cause_kind::request_finished);
    client.get("/sleep");
    server.clock.advance(1s);

    EXPECT_EQ(log.last().outcome, outcome::completed);
    EXPECT_FALSE(log.last().why);
    kept.reset();
}

TEST(connection, drains_by_saying_close_on_the_next_answer)
{
    CURFEW_PROVES("L2");
    recorder log;
    served   server(hello_routes(log));
    auto     idle = server.connect(), busy = server.connect();
    busy.get("/sleep");

    server.worker().drain();
    server.loop.run_ready();
    EXPECT_TRUE(idle.server_closed());
    EXPECT_FALSE(busy.server_closed());
    server.clock.advance(1s);

    EXPECT_THAT(busy.receive(), HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(log.last().outcome, outcome::completed);
}

TEST(connection, cancels_what_is_left_at_the_end_of_a_drain_with_503)
{
    CURFEW_PROVES("H3", "L2");
    recorder log;
    served   server(hello_routes(log));
    auto     busy = server.connect();
    busy.get("/sleep");

    server.worker().drain();
    server.worker().shut_down();
    server.loop.run_ready();

    EXPECT_EQ(status_line(busy.receive()), "HTTP/1.1 503 Service Unavailable");
    EXPECT_EQ(log.last().outcome, outcome::shutdown);
    EXPECT_EQ(log.last().why.kind(), cause_kind::shutdown);
}

TEST(connection, gives_its_memory_back_after_a_second_of_silence_and_wakes_up_again)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();
    client.get("/hello");
    client.receive();

    server.clock.advance(30s);
    client.get("/hello");
    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
    server.clock.advance(30s);
    client.finish();

    EXPECT_TRUE(client.server_closed());
}

namespace {

std::size_t contexts_below(curfew::detail::node& root)
{
    std::size_t n = 0;
    root.for_each_hook([&](curfew::detail::hook& each) { n += each.as_node() != nullptr; });
    return n;
}

}  // namespace

TEST(connection, ends_its_coroutine_and_drops_its_context_in_a_silence_and_makes_new_ones_after_it)
{
    recorder log;
    served   server(hello_routes(log));
    auto     client = server.connect();
    for (int round = 1; round != 4; ++round) {
        client.get("/sleep");
        server.clock.advance(1s);
        server.loop.run_ready();
        EXPECT_THAT(client.receive(), EndsWith("slept\n"));
        EXPECT_EQ(contexts_below(server.worker().root()), 1u);

        server.clock.advance(1s);
        server.loop.run_ready();
        EXPECT_EQ(contexts_below(server.worker().root()), 0u);
    }
    EXPECT_EQ(log.size(), 3u);
    EXPECT_FALSE(client.server_closed());
}

TEST(connection, serves_a_request_that_comes_in_the_turn_in_which_it_falls_silent)
{
    for (const bool before : {true, false}) {
        recorder log;
        served   server(hello_routes(log));
        auto     client = server.connect();
        client.get("/sleep");
        server.clock.advance(1s);
        server.loop.run_ready();
        EXPECT_THAT(client.receive(), EndsWith("slept\n"));

        const auto request = "GET /sleep HTTP/1.1\r\nHost: t\r\n\r\n";
        if (before) client.wire().client_sends(request);
        server.clock.advance(1s);
        if (!before) client.wire().client_sends(request);
        server.loop.run_ready();
        server.clock.advance(1s);
        server.loop.run_ready();

        EXPECT_THAT(client.receive(), EndsWith("slept\n")) << before;
        EXPECT_EQ(log.size(), 2u);
    }
}

TEST(connection, uses_the_context_of_a_request_that_slept_for_the_next_one)
{
    std::vector<const void*> nodes;
    router                   routes;
    routes.get("/sleep", [&nodes](context ctx, request) -> task<response> {
        nodes.push_back(&ctx.life());
        co_await sleep_for(ctx, 100ms);
        co_return no_content();
    });
    served server(std::move(routes));
    auto   client = server.connect();

    for (int i = 0; i != 3; ++i) {
        client.get("/sleep");
        server.clock.advance(100ms);
        server.loop.run_ready();
    }

    ASSERT_EQ(nodes.size(), 3u);
    EXPECT_EQ(nodes[0], nodes[1]);
    EXPECT_EQ(nodes[1], nodes[2]);
}
