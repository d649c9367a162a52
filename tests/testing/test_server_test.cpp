#include <curfew/testing/test_server.hpp>

#include <curfew/detach.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/shield.hpp>
#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>
#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using namespace curfew;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using curfew::testing::test_server;

/// Adds its letter to a field of the answer.
struct signature {
    std::string letter;

    void after(const context&, const request&, response& res) const { res.headers().append("X-Signed", letter); }
};

router routes()
{
    router all;
    all.use(signature{"outer"});
    all.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
    all.post("/echo", [](context ctx, request req) -> task<response> {
        auto body = co_await req.read_all(ctx);
        co_return text(status::ok, std::move(body));
    });
    all.get("/sleep", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 20s);
        co_return text(status::ok, "slept\n");
    });
    all.get("/big", [](context, request) {
        return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
            const std::string piece(64 * 1024, 'b');
            for (int i = 0; i != 16; ++i) co_await out.write(ctx, piece);
        });
    });
    all.group("/inner", [](router& inner) {
        inner.use(signature{"inner"});
        inner.get("/hello", [](context, request) { return text(status::ok, "inner\n"); });
    });
    return all;
}

TEST(test_server, answers_as_the_routes_say)
{
    test_server server(routes());

    const auto hello  = server.get("/hello");
    const auto echoed = server.send(method::post, "/echo", "some text");
    const auto head   = server.send(method::head, "/hello");

    EXPECT_EQ(hello.status, status::ok);
    EXPECT_EQ(hello.body, "hello\n");
    EXPECT_EQ(echoed.body, "some text");
    EXPECT_TRUE(head.complete);
    EXPECT_EQ(head.header("content-length"), "6");
    EXPECT_EQ(server.get("/readyz").status, status::ok);
}

TEST(test_server, keeps_the_middlewares_of_its_router_and_their_order)
{
    test_server server(routes());

    const auto inner   = server.get("/inner/hello");
    const auto missing = server.get("/nowhere");
    const auto refused = server.send(method::put, "/hello");

    EXPECT_THAT(inner.fields.find_all("x-signed"), ElementsAre("inner", "outer"));
    EXPECT_EQ(missing.status, status::not_found);
    EXPECT_EQ(missing.header("x-signed"), "outer");
    EXPECT_EQ(refused.status, status::method_not_allowed);
    EXPECT_EQ(refused.header("x-signed"), "outer");
}

TEST(test_server, moves_time_on_until_the_answer_is_there)
{
    test_server server(routes());
    const auto  before = server.clock().now();

    const auto answer = server.get("/sleep");

    EXPECT_EQ(answer.body, "slept\n");
    EXPECT_EQ(server.clock().now() - before, 20s);
    EXPECT_EQ(server.last_record().took, 20s);
}

TEST(test_server, keeps_a_record_of_every_request)
{
    test_server server(routes());

    server.get("/hello");
    server.get("/nowhere");
    server.get("/sleep", {{"X-Request-Timeout-Ms", "50"}});

    ASSERT_EQ(server.records().size(), 3u);
    EXPECT_EQ(server.records()[0].outcome, outcome::completed);
    EXPECT_EQ(server.records()[1].status, status::not_found);
    EXPECT_EQ(server.last_record().outcome, outcome::deadline);
    EXPECT_EQ(server.last_record().why.kind(), cause_kind::deadline_exceeded);
}

TEST(test_server, fails_the_test_when_no_answer_comes)
{
    router never;
    never.get("/never", [](context, request) {
        return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
            for (;;) {
                co_await out.write(ctx, "more\n");
                co_await sleep_for(ctx, 1min);
            }
        });
    });
    test_server server(never);

    EXPECT_NONFATAL_FAILURE(server.get("/never"), "no answer to GET /never");
}

TEST(memory_connection, gives_answers_one_by_one_with_what_is_left)
{
    test_server server(routes());
    auto        client = server.connect();

    client.write_request(method::get, "/hello");
    client.write_request(method::get, "/sleep");

    EXPECT_EQ(client.next_answer()->body, "hello\n");
    EXPECT_FALSE(client.next_answer());
    server.advance(20s);
    EXPECT_EQ(client.next_answer()->body, "slept\n");
    EXPECT_EQ(client.received(), "");
}

TEST(memory_connection, that_sends_a_fin_is_seen_to_leave)
{
    test_server server(routes());
    auto        closed = server.connect(), half = server.connect(), reset = server.connect();
    for (auto* each : {&closed, &half, &reset}) each->write_request(method::get, "/sleep");

    closed.fin();
    half.half_close();
    reset.reset();

    ASSERT_EQ(server.records().size(), 3u);
    EXPECT_EQ(server.records()[0].why.how(), disconnect_how::fin);
    EXPECT_EQ(server.records()[1].why.how(), disconnect_how::fin);
    EXPECT_EQ(server.records()[2].why.how(), disconnect_how::reset);
}

TEST(memory_connection, that_is_closed_resets_what_it_is_sent_and_a_half_closed_one_takes_it)
{
    test_server server(routes());
    auto        closed = server.connect(), half = server.connect();

    for (auto* each : {&closed, &half}) {
        test_server::hold turn(server);
        each->write_request(method::get, "/hello");
        each == &closed ? each->fin() : each->half_close();
    }

    EXPECT_EQ(closed.received(), "");
    EXPECT_EQ(half.next_answer()->body, "hello\n");
    EXPECT_TRUE(half.closed());
}

TEST(memory_connection, that_stalls_makes_the_server_wait)
{
    test_server server(routes());
    auto        client = server.connect();

    client.window(100);
    client.write_request(method::get, "/big");

    EXPECT_EQ(client.received().size(), 100u);
    EXPECT_EQ(server.inflight(), 1u);
    client.resume();
    EXPECT_EQ(client.next_answer()->body.size(), 1024u * 1024u);
    EXPECT_EQ(server.inflight(), 0u);
}

TEST(memory_connection, that_stalls_for_good_is_reset)
{
    test_server server(routes());
    auto        client = server.connect();
    client.stall();
    client.write_request(method::get, "/big");

    server.advance(20s);

    EXPECT_TRUE(client.was_reset());
    EXPECT_EQ(client.received(), "");
    EXPECT_EQ(server.connections(), 0u);
}

TEST(test_server, serves_nothing_while_it_is_held)
{
    test_server server(routes());
    auto        client = server.connect();
    {
        test_server::hold turn(server);

        client.write_request(method::get, "/hello");

        EXPECT_EQ(client.received(), "");
        EXPECT_TRUE(server.loop().run_one());
    }
    EXPECT_EQ(client.next_answer()->body, "hello\n");
}

TEST(test_server, drains_and_tells_whether_everybody_was_answered)
{
    CURFEW_PROVES("L2");
    test_server server(routes());
    auto        idle = server.connect(), busy = server.connect();
    busy.write_request(method::get, "/sleep");
    server.advance(12s);

    EXPECT_TRUE(server.shut_down());

    EXPECT_TRUE(idle.closed());
    EXPECT_EQ(busy.next_answer()->body, "slept\n");
    EXPECT_EQ(server.last_record().outcome, outcome::completed);
    EXPECT_TRUE(server.connect().closed());
}

TEST(test_server, cancels_at_the_drain_limit_what_has_not_been_answered)
{
    CURFEW_PROVES("L2");
    test_server server(routes());
    auto        client = server.connect();
    client.write_request(method::get, "/sleep");
    const auto before = server.clock().now();

    server.shut_down();

    EXPECT_EQ(server.last_record().outcome, outcome::shutdown);
    EXPECT_EQ(server.last_record().why.kind(), cause_kind::shutdown);
    EXPECT_EQ(server.last_record().took, 10s);
    EXPECT_EQ(client.next_answer()->status, status::service_unavailable);
    EXPECT_LT(server.clock().now() - before, 12s);
}

TEST(test_server, joins_detached_work_before_it_ends)
{
    bool   done = false;
    router all;
    all.post("/orders", [&done](context ctx, request) {
        auto audit = [&done](context c) -> task<> {
            co_await sleep_for(c, 5s);
            done = true;
        };
        detach(ctx, "audit", 1min, audit);
        return no_content();
    });
    test_server server(all);
    server.send(method::post, "/orders");

    server.shut_down();

    EXPECT_TRUE(done);
}

TEST(test_server, names_a_request_that_does_not_come_home)
{
    router all;
    all.get("/stuck", [](context ctx, request) -> task<response> {
        auto slow = [](context c) -> task<> { co_await sleep_for(c, 1h); };
        co_await shield(ctx, 2h, slow);
        co_return no_content();
    });
    ::testing::TestPartResultArray failures;
    {
        using catching = ::testing::ScopedFakeTestPartResultReporter;
        catching    reporter(catching::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
        test_server server(all);
        auto        client = server.connect();
        client.write_request(method::get, "/stuck");
    }

    ASSERT_GE(failures.size(), 1);
    EXPECT_THAT(failures.GetTestPartResult(0).message(), HasSubstr("request GET /stuck, for 12000 ms"));
}

}  // namespace
