// The middlewares on real connections, in memory.
#include "captured_log.hpp"
#include "served_connection.hpp"

#include <curfew/middleware/access_log.hpp>
#include <curfew/middleware/body_limit.hpp>
#include <curfew/middleware/timeout.hpp>
#include <curfew/middleware/tracing.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto inbound = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
constexpr auto trace   = "0af7651916cd43dd8448eb211c80319c";

/// Lines are complete once the server, and with it the log, is gone.
std::vector<std::string> lines_of(std::unique_ptr<testing::served>& server, const std::shared_ptr<captured_log>& sink)
{
    server.reset();
    return sink->lines();
}

TEST(middlewares, continue_the_clients_trace_in_answer_and_log)
{
    CURFEW_PROVES("T5");
    const auto sink = std::make_shared<captured_log>();
    router     routes;
    routes.use(access_log({.sink = sink})).use(tracing());
    routes.get("/", [](context, request) { return text(status::ok, "hello\n"); });
    auto server = std::make_unique<testing::served>(std::move(routes));
    auto client = server->connect();

    client.get("/", inbound);

    EXPECT_THAT(client.receive(), HasSubstr(std::string("traceparent: 00-") + trace));
    const auto lines = lines_of(server, sink);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], HasSubstr(std::string(" 200 completed 0.000ms 6B route=\"/\"")));
    EXPECT_THAT(lines[0], HasSubstr(std::string(" trace=") + trace));
}

TEST(middlewares, log_each_pipelined_request_under_its_own_trace)
{
    CURFEW_PROVES("T5");
    const auto sink = std::make_shared<captured_log>();
    router     routes;
    routes.use(access_log({.sink = sink})).use(tracing());
    routes.get("/{name}", [](context, request) { return response(); });
    auto server = std::make_unique<testing::served>(std::move(routes));
    auto client = server->connect();

    client.send(std::string("GET /a HTTP/1.1\r\nHost: test\r\n") + inbound + "\r\nGET /b HTTP/1.1\r\nHost: test\r\n\r\n");

    const auto lines = lines_of(server, sink);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_THAT(lines[0], HasSubstr(std::string(" trace=") + trace));
    EXPECT_THAT(lines[1], HasSubstr("\"/b\""));
    EXPECT_THAT(lines[1], ::testing::Not(HasSubstr(trace)));
}

TEST(middlewares, answer_504_when_the_timeout_passes_and_log_who_set_it)
{
    CURFEW_PROVES("P2");
    const auto sink = std::make_shared<captured_log>();
    router     routes;
    routes.use(access_log({.sink = sink})).use(timeout(50ms));
    routes.get("/slow", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1h);
        co_return response();
    });
    auto server = std::make_unique<testing::served>(std::move(routes));
    auto client = server->connect();

    client.get("/slow");
    server->clock.advance(50ms);
    server->loop.run_ready();

    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 504 "));
    const auto lines = lines_of(server, sink);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], HasSubstr(" 504 deadline 50.000ms "));
    EXPECT_THAT(lines[0], HasSubstr("cause=\"deadline_exceeded (timeout_in_code 50.0ms)"));
    EXPECT_THAT(lines[0], HasSubstr("end_to_end_test.cpp:"));
}

TEST(middlewares, log_a_client_that_left_as_499)
{
    const auto sink = std::make_shared<captured_log>();
    router     routes;
    routes.use(access_log({.sink = sink}));
    routes.get("/slow", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1h);
        co_return response();
    });
    auto server = std::make_unique<testing::served>(std::move(routes));
    auto client = server->connect();

    client.get("/slow");
    client.reset();

    const auto lines = lines_of(server, sink);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], HasSubstr(" 499 client_gone "));
    EXPECT_THAT(lines[0], HasSubstr("cause=\"client_disconnected (reset)"));
}

TEST(middlewares, refuse_a_chunked_body_beyond_the_limit_with_413)
{
    router routes;
    routes.use(body_limit(4));
    routes.post("/", [](context ctx, request req) -> task<response> { co_return text(status::ok, co_await req.read_all(ctx)); });
    testing::served server(std::move(routes));
    auto            client = server.connect();

    client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 413 "));
}

TEST(middlewares, log_what_is_refused_before_it_has_a_route)
{
    CURFEW_PROVES("H7", "T6");
    for (const auto format : {log_format::text, log_format::json}) {
        const auto sink = std::make_shared<captured_log>();
        router     routes;
        routes.use(access_log({.format = format, .sink = sink}));
        routes.get("/", [](context, request) { return response(); });
        auto server = std::make_unique<testing::served>(std::move(routes));

        server->connect().send("GET /notes HTTP/1.1\r\n\r\n");
        server->connect().send("\x16\x03\x01\r\nGET /admin HTTP/1.1\r\n\r\n");

        const auto lines = lines_of(server, sink);
        ASSERT_EQ(lines.size(), 2u);
        if (format == log_format::text) {
            EXPECT_THAT(lines[0], HasSubstr(" GET \"/notes\" 400 refused 0.000ms "));
            EXPECT_THAT(lines[0], HasSubstr(" reason=\"Host is missing\""));
            EXPECT_THAT(lines[1], HasSubstr(" - \"-\" 400 refused 0.000ms "));
        } else {
            EXPECT_THAT(lines[0], HasSubstr("\"method\":\"GET\",\"target\":\"/notes\",\"route\":\"\",\"status\":400,\"outcome\":\"refused\""));
            EXPECT_THAT(lines[0], HasSubstr("\"reason\":\"Host is missing\""));
            EXPECT_THAT(lines[1], HasSubstr("\"method\":\"-\",\"target\":\"-\""));
        }
    }
}

}  // namespace
}  // namespace curfew
