#include "served_connection.hpp"

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

struct bodies {
    recorder log;

    router routes() const
    {
        router r;
        r.use(log);
        r.post("/echo", [](context ctx, request req) -> task<response> {
            auto body = co_await req.read_all(ctx);
            co_return text(status::ok, std::move(body));
        });
        r.post("/ignore", [](context, request) { return text(status::ok, "no thanks\n"); });
        r.post("/read-late", [](context ctx, request req) -> task<response> {
            co_await sleep_for(ctx, 1s);
            auto body = co_await req.read_all(ctx);
            co_return text(status::ok, std::move(body));
        });
        route_options small;
        small.body_limit = 4;
        r.post("/small",
               [](context ctx, request req) -> task<response> {
                   auto body = co_await req.read_all(ctx);
                   co_return text(status::ok, std::move(body));
               },
               small);
        r.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        return r;
    }
};

std::string post(std::string_view target, std::string_view fields, std::string_view body = {})
{
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace

TEST(request_body, is_read_as_it_comes)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    client.send(post("/echo", "Content-Length: 9\r\n", "one"));
    client.send("two");
    EXPECT_THAT(client.receive(), IsEmpty());
    client.send("six");

    EXPECT_THAT(client.receive(), EndsWith("\r\n\r\nonetwosix"));
}

TEST(request_body, is_unchunked)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    for (const char c : post("/echo", "Transfer-Encoding: chunked\r\n", "3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nA: b\r\n\r\n"))
        client.send(std::string(1, c));
    client.get("/hello");

    const auto answers = client.receive();
    EXPECT_THAT(answers, HasSubstr("\r\n\r\nabcdefg"));
    EXPECT_THAT(answers, EndsWith("hello\n"));
}

TEST(request_body, of_a_megabyte_is_read_and_the_connection_kept)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    const std::string megabyte(1024 * 1024, 'x');
    client.send(post("/echo", "Content-Length: 1048576\r\n", megabyte));
    const auto answer = client.receive();
    client.get("/hello");

    EXPECT_THAT(answer, EndsWith("\r\n\r\n" + megabyte));
    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
}

TEST(request_body, is_asked_for_with_100_when_the_handler_first_reads)
{
    CURFEW_PROVES("D5");
    bodies service;
    served server(service.routes());
    auto   client = server.connect(), leaving = server.connect();

    client.send(post("/read-late", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
    leaving.send(post("/echo", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
    EXPECT_THAT(client.receive(), IsEmpty());
    server.clock.advance(1s);
    EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    EXPECT_THAT(client.receive(), EndsWith("abc"));

    leaving.finish();  // while its handler waits for the body
    EXPECT_EQ(service.log.last().outcome, outcome::client_gone);
}

TEST(request_body, that_is_not_wanted_ends_the_connection_if_the_client_waits_for_100)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    client.send(post("/ignore", "Content-Length: 3\r\nExpect: 100-continue\r\n"));

    EXPECT_THAT(client.receive(), HasSubstr("Connection: close\r\n"));
}

TEST(request_body, that_is_left_unread_is_discarded_and_the_connection_kept)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    client.send(post("/ignore", "Content-Length: 30000\r\n", std::string(10, 'x')));
    EXPECT_THAT(client.receive(), Not(HasSubstr("Connection: close")));
    client.send(std::string(29990, 'x'));
    client.get("/hello");

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
}

TEST(request_body, that_is_too_long_to_discard_ends_the_connection)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    client.send(post("/ignore", "Content-Length: 1000000\r\n", "x"));

    EXPECT_THAT(client.receive(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.server_finished());
}

TEST(request_body, beyond_the_routes_limit_gives_413)
{
    CURFEW_PROVES("H3");
    bodies service;
    served server(service.routes());
    auto   announced = server.connect(), chunked = server.connect();

    announced.send(post("/small", "Content-Length: 5\r\n", "12345"));
    chunked.send(post("/small", "Transfer-Encoding: chunked\r\n", "5\r\n12345\r\n0\r\n\r\n"));

    for (auto* client : {&announced, &chunked}) {
        const auto answer = client->receive();
        EXPECT_EQ(status_line(answer), "HTTP/1.1 413 Content Too Large");
        EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    }
    EXPECT_EQ(service.log.last().outcome, outcome::refused);
}

TEST(request_body, with_broken_framing_gives_400)
{
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    client.send(post("/echo", "Transfer-Encoding: chunked\r\n", "xyz\r\n"));

    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 400 Bad Request");
    EXPECT_EQ(service.log.last().outcome, outcome::refused);
}

TEST(request_body, that_stops_coming_gives_408)
{
    CURFEW_PROVES("H3");
    bodies         service;
    server_options options;
    options.limits.minimum_rate = 0;
    served server(service.routes(), options);
    auto   client = server.connect();

    client.send(post("/echo", "Content-Length: 100\r\n", "x"));
    server.clock.advance(15s);

    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 408 Request Timeout");
    EXPECT_EQ(service.log.last().outcome, outcome::refused);
}

TEST(request_body, that_trickles_gives_408_but_an_honest_slow_one_passes)
{
    CURFEW_PROVES("H3");
    bodies service;
    served server(service.routes());
    auto   trickle = server.connect(), honest = server.connect();

    trickle.send(post("/echo", "Content-Length: 500000\r\n"));
    honest.send(post("/echo", "Content-Length: 500000\r\n"));
    std::string told;
    for (int second = 0; second != 50; ++second) {
        if (told.empty()) trickle.send("x");
        honest.send(std::string(10000, 'y'));
        server.clock.advance(1s);
        told += trickle.receive();
    }

    EXPECT_EQ(status_line(told), "HTTP/1.1 408 Request Timeout");
    EXPECT_THAT(honest.receive(), StartsWith("HTTP/1.1 200 OK"));  // although it took longer than the server's deadline
}

TEST(request_body, that_breaks_off_ends_the_request_as_left_by_its_client)
{
    CURFEW_PROVES("D1");
    bodies service;
    served server(service.routes());
    auto   client = server.connect();

    client.send(post("/echo", "Content-Length: 100\r\n", "x"));
    client.finish();

    EXPECT_EQ(service.log.last().outcome, outcome::client_gone);
    EXPECT_TRUE(client.server_closed());
}

TEST(request_body, behind_a_departure_is_still_the_handlers_to_read)
{
    recorder log;
    router   routes;
    routes.use(log);
    routes.post("/finish",
                [](context ctx, request req) -> task<response> {
                    co_await sleep_for(ctx, 1s);
                    auto body = co_await req.read_all(ctx);
                    co_return text(status::ok, std::move(body));
                },
                [] {
                    route_options options;
                    options.on_disconnect = on_disconnect::finish;
                    return options;
                }());
    served server(std::move(routes));
    auto   client = server.connect();

    client.send(post("/finish", "Content-Length: 6000\r\n", std::string(6000, 'z')));
    client.finish();
    server.clock.advance(1s);

    EXPECT_THAT(client.receive(), EndsWith(std::string(6000, 'z')));
    EXPECT_EQ(log.last().outcome, outcome::completed);
}
