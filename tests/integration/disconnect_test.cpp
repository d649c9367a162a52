#include "live_server.hpp"

#include <curfew/http_error.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>

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
