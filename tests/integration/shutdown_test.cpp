#include "live_server.hpp"

#include <curfew/detach.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>

#include <atomic>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace {

struct held_service {
    request_log log;
    event       began;

    router routes()
    {
        router r;
        r.use(log.recorder());
        r.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        r.get("/short", [this](context ctx, request) -> task<response> {
            began.set();
            co_await sleep_for(ctx, 50ms);
            co_return text(status::ok, "done\n");
        });
        r.get("/long", [this](context ctx, request) -> task<response> {
            began.set();
            co_await sleep_for(ctx, 1h);
            co_return text(status::ok, "done\n");
        });
        return r;
    }
};

std::string get(std::string_view target)
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

}  // namespace

TEST(shutdown, lets_requests_in_flight_end_and_returns_0)
{
    CURFEW_PROVES("L2");
    held_service service;
    live_server  server(service.routes());
    auto         busy = server.connect(), idle = server.connect();
    idle.send(get("/hello"));
    idle.read_answer();
    busy.send(get("/short"));
    ASSERT_TRUE(service.began.wait());

    server.server().stop();

    const auto answer = busy.read_answer();
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
    EXPECT_THAT(answer, EndsWith("done\n"));
    EXPECT_THAT(idle.read_all(), IsEmpty());
    EXPECT_EQ(server.wait(), 0);
    EXPECT_FALSE(raw_client(server.endpoint()).connected());
}

TEST(shutdown, cancels_what_is_left_at_the_drain_limit)
{
    CURFEW_PROVES("L2", "H3");
    held_service   service;
    server_options options;
    options.drain.limit = 20ms;
    live_server server(service.routes(), options);
    auto        busy = server.connect();
    busy.send(get("/long"));
    ASSERT_TRUE(service.began.wait());

    server.server().stop();

    EXPECT_THAT(busy.read_answer(), StartsWith("HTTP/1.1 503"));
    const auto entry = service.log.wait_for(1).at(0);
    EXPECT_EQ(entry.record.outcome, outcome::shutdown);
    EXPECT_EQ(entry.record.why.kind(), cause_kind::shutdown);
    EXPECT_EQ(server.wait(), 0);
}

TEST(shutdown, joins_detached_work)
{
    CURFEW_PROVES("L2");
    held_service      service;
    std::atomic<bool> ended{false};
    router            routes = service.routes();
    routes.get("/detach", [&ended](context ctx, request) -> task<response> {
        auto work = [&ended](context own) -> task<void> {
            co_await sleep_for(own, 50ms);
            ended = true;
        };
        detach(ctx, "later", 10s, work);
        co_return text(status::accepted, "later\n");
    });
    live_server server(std::move(routes));
    auto        client = server.connect();
    client.send(get("/detach"));
    client.read_answer();

    EXPECT_EQ(server.stop(), 0);
    EXPECT_TRUE(ended);
}

TEST(shutdown, fails_readiness_while_it_still_accepts)
{
    CURFEW_PROVES("L2");
    held_service   service;
    server_options options;
    options.drain.delay = 300ms;
    live_server server(service.routes(), options);
    auto        client = server.connect();
    client.send(get("/readyz"));
    EXPECT_THAT(client.read_answer(), EndsWith("ready\n"));

    server.server().stop();
    std::string answer;
    do {
        auto late = server.connect();
        late.send(get("/readyz"));
        answer = late.read_answer();
    } while (answer.ends_with("ready\n"));

    EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
    EXPECT_EQ(server.wait(), 0);
}

TEST(shutdown, gives_up_on_a_handler_that_never_ends_and_returns_1)
{
    CURFEW_PROVES("L2");
    held_service   service;
    router         routes = service.routes();
    routes.get("/deaf", [&service](context ctx, request) -> task<response> {
        const auto alone = without_cancel(ctx);
        service.began.set();
        co_await sleep_for(alone, 1h);
        co_return text(status::ok, "never\n");
    });
    server_options options;
    options.drain.limit   = 10ms;
    options.drain.abandon = 200ms;
    live_server server(std::move(routes), options);
    auto        client = server.connect();
    client.send(get("/deaf"));
    ASSERT_TRUE(service.began.wait());

    server.server().stop();

    EXPECT_EQ(server.wait(), 1);
}

TEST(listening, on_a_taken_port_says_so)
{
    held_service service;
    live_server  first(service.routes());

    server_options options;
    options.listen  = {first.endpoint()};
    options.threads = 2;
    server second(router(), options);

    try {
        second.listen();
        FAIL() << "two servers listen on one port";
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), ::testing::StrCaseEq("listen " + first.endpoint() + ": address already in use"));
    }
}

TEST(listening, works_on_a_path_and_on_several_threads)
{
    held_service   service;
    server_options options;
    const auto     path = ::testing::TempDir() + "curfew-listening-test.sock";
    options.listen      = {"unix:" + path, "127.0.0.1:0"};
    options.threads     = 2;
    live_server server(service.routes(), options);

    for (const auto& endpoint : server.server().local_endpoints()) {
        for (int i = 0; i != 8; ++i) {
            raw_client client(endpoint);
            ASSERT_TRUE(client.connected()) << endpoint;
            client.send(get("/hello"));
            EXPECT_THAT(client.read_answer(), EndsWith("hello\n")) << endpoint;
        }
    }
    EXPECT_EQ(server.stop(), 0);
    EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(admin, tells_what_is_in_flight)
{
    held_service   service;
    server_options options;
    options.admin   = "127.0.0.1:0";
    options.threads = 2;
    live_server server(service.routes(), options);
    auto        client = server.connect();
    client.send(get("/long"));
    ASSERT_TRUE(service.began.wait());

    raw_client admin(server.server().admin_endpoint());
    admin.send(get("/debug/inflight"));

    const auto answer = admin.read_answer();
    EXPECT_THAT(answer, HasSubstr(R"("inflight":1)"));
    EXPECT_THAT(answer, HasSubstr(R"("path":"/long")"));
    client.close();
    service.log.wait_for(1);
}

TEST(admin, needs_a_token_where_others_can_reach_it)
{
    server_options options;
    options.listen = {"127.0.0.1:0"};
    options.admin  = "0.0.0.0:0";

    EXPECT_THROW(server(router(), options), std::invalid_argument);
}
