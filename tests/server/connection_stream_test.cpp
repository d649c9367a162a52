#include "served_connection.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/sse.hpp>
#include <curfew/stream.hpp>
#include <curfew/upgrade.hpp>

#include <boost/asio/write.hpp>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

struct streams {
    recorder log;
    int      pieces = 0;

    router routes()
    {
        router r;
        r.use(log);
        r.get("/count", [](context, request) {
            return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
                for (int i = 0; i != 3; ++i) {
                    co_await out.write(ctx, std::to_string(i) + "\n");
                    co_await sleep_for(ctx, 20s);
                }
            });
        });
        r.get("/flood", [this](context, request) -> task<response> {
            co_return stream_response(status::ok, content_types::text, [this](context ctx, body_writer& out) -> task<void> {
                const std::string piece(16 * 1024, 'x');
                for (; pieces != 64; ++pieces) co_await out.write(ctx, piece);
            });
        });
        r.get("/broken", [](context, request) {
            return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
                co_await out.write(ctx, "half");
                throw std::runtime_error("the other half is lost");
            });
        });
        r.get("/short", [](context, request) {
            return stream_response(status::ok, content_types::text, 10, [](context ctx, body_writer& out) -> task<void> {
                co_await out.write(ctx, "half");
            });
        });
        r.get("/big", [](context, request) { return text(status::ok, std::string(1024 * 1024, 'b')); });
        r.get("/events", [](context, request) {
            return sse([](context ctx, sse_writer& out) -> task<void> {
                co_await out.send(ctx, sse_event("one"));
                co_await sleep_for(ctx, 1s);
            });
        });
        return r;
    }
};

}  // namespace

TEST(streamed_answer, is_sent_in_chunks_as_it_is_produced)
{
    streams service;
    served  server(service.routes());
    auto    client = server.connect();

    client.get("/count");
    const auto begin = client.receive();
    EXPECT_THAT(begin, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(begin, EndsWith("\r\n\r\n2\r\n0\n\r\n"));
    server.clock.advance(20s);
    EXPECT_EQ(client.receive(), "2\r\n1\n\r\n");
    server.clock.advance(40s);  // longer than the server's deadline, which is not a stream's

    EXPECT_EQ(client.receive(), "2\r\n2\n\r\n0\r\n\r\n");
    EXPECT_EQ(service.log.last().outcome, outcome::completed);
    EXPECT_EQ(service.log.last().sent, 6u);
    EXPECT_FALSE(client.server_finished());
}

TEST(streamed_answer, of_http_1_0_ends_with_the_connection)
{
    streams service;
    served  server(service.routes());
    auto    client = server.connect();

    client.send("GET /count HTTP/1.0\r\n\r\n");
    server.clock.advance(60s);

    const auto answer = client.receive();
    EXPECT_THAT(answer, Not(HasSubstr("chunked")));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n0\n1\n2\n"));
    EXPECT_TRUE(client.server_finished());
    EXPECT_FALSE(client.server_reset());
}

TEST(streamed_answer, waits_for_a_client_that_does_not_read)
{
    streams service;
    served  server(service.routes());
    auto    client = server.connect();
    client.window(0);

    client.get("/flood");
    EXPECT_LT(service.pieces, 8);
    client.window(SIZE_MAX);

    EXPECT_EQ(service.pieces, 64);
    EXPECT_EQ(service.log.last().outcome, outcome::completed);
    EXPECT_EQ(service.log.last().sent, 64u * 16 * 1024);
    EXPECT_THAT(client.receive(), EndsWith("\r\n0\r\n\r\n"));
}

TEST(streamed_answer, is_canceled_when_the_client_leaves_while_its_writer_is_blocked)
{
    CURFEW_PROVES("D1", "D5");
    streams service;
    served  server(service.routes());
    auto    client = server.connect();
    client.window(0);
    client.get("/flood");

    client.reset();

    EXPECT_EQ(service.log.last().outcome, outcome::client_gone);
    EXPECT_EQ(service.log.last().why.how(), disconnect_how::reset);
}

TEST(streamed_answer, ends_when_the_client_takes_nothing_for_too_long)
{
    CURFEW_PROVES("O9");
    streams service;
    served  server(service.routes());
    auto    client = server.connect();
    client.window(0);
    client.get("/flood");

    server.clock.advance(20s);

    EXPECT_EQ(service.log.last().outcome, outcome::client_gone);
    EXPECT_EQ(service.log.last().why.how(), disconnect_how::peer_timeout);
    EXPECT_TRUE(client.server_reset());
}

TEST(streamed_answer, that_fails_is_broken_off_without_a_second_status_line)
{
    CURFEW_PROVES("H1");
    streams service;
    served  server(service.routes());
    auto    chunked = server.connect(), old = server.connect(), announced = server.connect();

    chunked.get("/broken");
    old.send("GET /broken HTTP/1.0\r\n\r\n");
    announced.get("/short");

    EXPECT_THAT(chunked.receive(), EndsWith("4\r\nhalf\r\n"));
    EXPECT_TRUE(chunked.server_closed());
    EXPECT_FALSE(chunked.server_reset());
    EXPECT_TRUE(old.server_reset());
    EXPECT_THAT(announced.receive(), EndsWith("\r\n\r\nhalf"));
    EXPECT_TRUE(announced.server_closed());
    for (std::size_t i = 0; i != 3; ++i) EXPECT_EQ(service.log[i].record.outcome, outcome::failed);
}

TEST(streamed_answer, is_broken_off_at_a_deadline_that_is_not_the_servers_default)
{
    CURFEW_PROVES("H1");
    streams service;
    served  server(service.routes());
    auto    client = server.connect();

    client.get("/count", "x-request-timeout-ms: 30000\r\n");
    server.clock.advance(30s);

    EXPECT_THAT(client.receive(), EndsWith("2\r\n1\n\r\n"));
    EXPECT_TRUE(client.server_closed());
    EXPECT_EQ(service.log.last().outcome, outcome::deadline);
}

TEST(streamed_answer, to_head_is_its_head_alone)
{
    streams service;
    served  server(service.routes());
    auto    client = server.connect();

    client.send("HEAD /count HTTP/1.1\r\nHost: t\r\n\r\n");

    EXPECT_THAT(client.receive(), EndsWith("Transfer-Encoding: chunked\r\n\r\n"));
    EXPECT_EQ(service.log.last().outcome, outcome::completed);
}

TEST(streamed_answer, may_be_events)
{
    streams service;
    served  server(service.routes());
    auto    client = server.connect();

    client.get("/events");

    const auto begin = client.receive();
    EXPECT_THAT(begin, HasSubstr("text/event-stream"));
    EXPECT_THAT(begin, HasSubstr("data: one\n\n"));
    client.finish();
    EXPECT_EQ(service.log.last().outcome, outcome::client_gone);
}

TEST(large_answer, is_over_when_its_client_has_taken_it)
{
    streams service;
    served  server(service.routes());
    auto    client = server.connect(), leaving = server.connect();
    client.window(1000);
    leaving.window(1000);

    client.get("/big");
    leaving.get("/big");
    EXPECT_EQ(service.log.size(), 0u);
    leaving.reset();
    EXPECT_EQ(service.log.last().outcome, outcome::client_gone);
    client.window(SIZE_MAX);

    EXPECT_EQ(service.log.size(), 2u);
    EXPECT_EQ(service.log.last().outcome, outcome::completed);
    EXPECT_THAT(client.receive(), EndsWith("bbbb"));
}

TEST(upgraded_connection, gives_the_stream_away_with_what_was_received_behind_the_head)
{
    CURFEW_PROVES("D7");
    recorder log;
    router   routes;
    routes.use(log);
    routes.get("/raw", [](context ctx, request req) -> task<response> {
        auto stream = co_await upgrade(ctx, req, "raw");
        char bytes[5];
        for (int i = 0; i != 2; ++i) {
            const auto size = co_await stream.async_read_some(boost::asio::buffer(bytes), bind_context(ctx));
            co_await boost::asio::async_write(stream, boost::asio::buffer(bytes, size), bind_context(ctx));
        }
        co_return response();
    });
    for (const bool watched : {true, false}) {
        served server(routes);
        auto   client = server.connect(watched);

        client.send("GET /raw HTTP/1.1\r\nHost: t\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\nfirst");
        EXPECT_EQ(client.receive(), "first");
        server.clock.advance(1h);  // the server's deadline is not for what is no request any more
        client.send("again");

        EXPECT_EQ(client.receive(), "again");
        EXPECT_TRUE(client.server_closed());
        EXPECT_EQ(log.last().outcome, outcome::completed);
        EXPECT_EQ(log.last().status, status::switching_protocols);
    }
}
