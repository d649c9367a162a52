// A service behind nginx and HAProxy: which departures of clients reach the handler. The table in
// docs/how-to/behind-a-proxy.md is what this test sees.
#include "front_proxy.hpp"
#include "live_server.hpp"

#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>
#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>

#include <cstdlib>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

namespace {

/// Handlers that go on until something ends them, at the latest their deadline.
struct endless_service {
    endless_service() : live(routes()) {}

    router routes()
    {
        const route_options bounded{.timeout = 1s};  // long for a departure, on a busy machine
        router              all;
        all.use(log.recorder());
        all.get("/wait", [this](context ctx, request) -> task<response> {
            began.set();
            co_await sleep_for(ctx, 1h);
            co_return no_content();
        }, bounded);
        all.get("/stream", [this](context, request) -> task<response> {
            auto tick = [this](context ctx, body_writer& out) -> task<void> {
                co_await out.write(ctx, "tick\n");
                began.set();
                for (;;) {
                    co_await sleep_for(ctx, 5ms);
                    co_await out.write(ctx, "tick\n");
                }
            };
            co_return stream_response(status::ok, content_types::text, tick);
        }, bounded);
        all.post("/upload", [this](context ctx, request req) -> task<response> {
            began.set();
            co_await req.read_all(ctx);
            co_return no_content();
        }, bounded);
        all.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        return all;
    }

    request_log log;
    event       began;
    live_server live;
};

/// What a client does, and when.
struct departure {
    std::string_view what;
    std::string_view request;
    void (raw_client::*leave)();
};

constexpr std::string_view wait   = "GET /wait HTTP/1.1\r\nHost: test\r\n\r\n";
constexpr std::string_view stream = "GET /stream HTTP/1.1\r\nHost: test\r\n\r\n";
constexpr std::string_view upload = "POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nbegun";
constexpr std::string_view hello  = "GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

constexpr std::array<departure, 8> departures{{
    {"closes while the handler waits", wait, &raw_client::close},
    {"resets while the handler waits", wait, &raw_client::reset},
    {"closes its sending side only, and waits", wait, &raw_client::finish},
    {"closes while the answer streams", stream, &raw_client::close},
    {"resets while the answer streams", stream, &raw_client::reset},
    {"closes its sending side only, while the answer streams", stream, &raw_client::finish},
    {"closes within its upload", upload, &raw_client::close},
    {"resets within its upload", upload, &raw_client::reset},
}};

/// A column of the table.
struct proxy_column {
    std::string title;
    proxy_setup setup;
    bool        collects_uploads;  ///< Calls the service once they are complete.
};

const std::vector<proxy_column>& columns()
{
    static const std::vector<proxy_column> all{
        {"nginx, `behind_nginx.conf`", {"nginx", {}}, false},
        {"nginx, buffering", {"nginx", {{"proxy_request_buffering off", "proxy_request_buffering on"}, {"proxy_buffering off", "proxy_buffering on"}}}, true},
        {"nginx, `proxy_ignore_client_abort on`", {"nginx", {{"proxy_ignore_client_abort off", "proxy_ignore_client_abort on"}}}, false},
        {"HAProxy, `behind_haproxy.cfg`", {"haproxy", {}}, false},
        {"HAProxy without `abortonclose`", {"haproxy", {{"    option abortonclose\n", ""}}}, false},
    };
    return all;
}

std::string describe(const request_record& record)
{
    switch (record.outcome) {
    case outcome::client_gone: return "**canceled**";  // by a FIN or a reset, as the proxy's buffers had it
    case outcome::deadline: return "its deadline";
    default: return std::string(to_string(record.outcome)) + " " + std::to_string(to_int(record.status));
    }
}

/// What ends the handler when its client leaves in each of the ways.
std::vector<std::string> seen(const proxy_column& column)
{
    endless_service   service;
    const front_proxy proxy(column.setup, service.live.endpoint());
    if (!proxy.ready()) return std::vector<std::string>(departures.size(), "no proxy");
    std::vector<std::string> all;
    unsigned                 called = 0;
    for (const auto& each : departures) {
        auto client = proxy.connect();
        client.send(each.request);
        const bool collected = column.collects_uploads && each.request == upload;
        if (!collected && !service.began.wait(++called)) return std::vector<std::string>(departures.size(), "not called");
        (client.*each.leave)();
        auto next = proxy.connect();
        if (collected) next.send(hello);  // comes behind the upload, if that comes at all
        const auto served = service.log.wait_for(all.size() + 1);
        if (served.size() <= all.size()) return std::vector<std::string>(departures.size(), "nothing");
        const auto& last = served[all.size()];
        all.push_back(last.target == "/hello" ? "not called" : describe(last.record));
    }
    return all;
}

std::string table()
{
    std::string text = "| the client |", line = "\n|---|";
    std::vector<std::vector<std::string>> cells;
    for (const auto& each : columns()) {
        text += " " + each.title + " |";
        line += "---|";
        cells.push_back(seen(each));
    }
    text += line + "\n";
    for (std::size_t i = 0; i != departures.size(); ++i) {
        text += "| " + std::string(departures[i].what) + " |";
        for (const auto& each : cells) text += " " + each[i] + " |";
        text += "\n";
    }
    return text;
}

class behind_a_proxy : public ::testing::Test {
protected:
    void SetUp() override
    {
        for (const auto* each : {"nginx", "haproxy"})
            if (std::getenv("CURFEW_MINIMAL") && path_of(each).empty()) GTEST_SKIP() << each << " is missing";
    }
};

}  // namespace

TEST_F(behind_a_proxy, departures_reach_the_handler_as_the_page_says)
{
    CURFEW_PROVES("D1");
    constexpr std::string_view begin = "<!-- the table of tests/integration/behind_a_proxy_test.cpp -->\n";
    const auto                 found = table();
    std::ostringstream         read;
    read << std::ifstream(CURFEW_PROXY_PAGE).rdbuf();
    auto       page = read.str();
    const auto from = page.find(begin);
    ASSERT_NE(from, page.npos);
    const auto at  = from + begin.size();
    const auto end = page.find("\n\n", at) + 1;

    if (std::getenv("CURFEW_UPDATE_DOCS")) {
        page.replace(at, end - at, found);
        std::ofstream(CURFEW_PROXY_PAGE) << page;
        return;
    }
    EXPECT_EQ(page.substr(at, end - at), found) << "CURFEW_UPDATE_DOCS=1 writes what was seen into the page";
}

namespace {

// Asks what waits for an hour, where the proxy waits for two tenths of a second.
std::string ask_through(const std::string& program, const std::string& field)
{
    endless_service   service;
    const front_proxy proxy({program, {{"29000", "200"}}}, service.live.endpoint());
    if (!proxy.ready()) return "no proxy";
    auto client = proxy.connect();
    client.send("GET /wait HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + field + "\r\n");
    return client.read_all();
}

}  // namespace

TEST_F(behind_a_proxy, the_proxys_own_patience_is_the_requests_deadline)
{
    CURFEW_PROVES("W0");
    for (const auto* program : {"nginx", "haproxy"}) {
        const auto answer = ask_through(program, "");
        EXPECT_THAT(answer, HasSubstr(" 504 ")) << program;
        EXPECT_THAT(answer, HasSubstr(R"("budget_ms":200,"origin":"x-envoy-expected-rq-timeout-ms")")) << program;
    }
}

TEST_F(behind_a_proxy, a_client_may_have_less_patience_but_not_more)
{
    CURFEW_PROVES("W0", "W4");
    for (const auto* program : {"nginx", "haproxy"}) {
        EXPECT_THAT(ask_through(program, "x-request-timeout-ms: 100\r\n"),
                    HasSubstr(R"("budget_ms":100,"origin":"x-request-timeout-ms")")) << program;
        for (const auto* more : {"x-request-timeout-ms: 60000\r\n", "x-envoy-expected-rq-timeout-ms: 60000\r\n"})
            EXPECT_THAT(ask_through(program, more), HasSubstr(R"("origin":"x-envoy-expected-rq-timeout-ms")")) << program;
    }
}
