// Clients that take their time, and programs that take liberties: neither may hold a connection, or spoil it.
#include "logged_lines.hpp"
#include "served_connection.hpp"

#include <curfew/body_writer.hpp>
#include <curfew/http_error.hpp>
#include <curfew/stream.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

struct abuse : ::testing::Test {
    recorder log;
    router   routes;

    abuse()
    {
        routes.use(log);
        routes.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        routes.post("/ignore", [](context, request) { return text(status::ok, "no thanks\n"); });
        routes.get("/large", [](context, request) { return text(status::ok, std::string(2'000'000, 'x')); });
    }
};

using slow_reader = abuse;
using slow_sender = abuse;
using handlers    = abuse;

std::string post(std::string_view target, std::size_t length)
{
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

// ---- clients that read slowly

TEST_F(slow_reader, that_takes_a_byte_now_and_then_is_cut)
{
    served server(routes);
    auto   client = server.connect();
    client.window(0);
    client.get("/hello");

    for (int i = 0; i != 3 && !client.server_closed(); ++i) {
        server.clock.advance(19s);
        client.window(1);
    }

    EXPECT_TRUE(client.server_reset());
}

TEST_F(slow_reader, of_a_large_answer_that_takes_a_byte_now_and_then_is_cut_and_gone)
{
    CURFEW_PROVES("P1");
    served server(routes);
    auto   client = server.connect();
    client.window(0);
    client.get("/large", "x-request-timeout-ms: 3600000\r\n");

    for (int i = 0; i != 3 && !client.server_closed(); ++i) {
        server.clock.advance(19s);
        client.window(1);
    }

    EXPECT_TRUE(client.server_reset());
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::client_gone);
}

TEST_F(slow_reader, that_is_honest_gets_all_of_it)
{
    served server(routes);
    auto   client = server.connect();
    client.window(0);
    client.get("/large");

    std::size_t taken = 0;
    for (int seconds = 0; seconds != 210; ++seconds) {
        client.window(10'000);
        server.clock.advance(1s);
        taken += client.receive().size();
    }

    EXPECT_GT(taken, 2'000'000u);
    EXPECT_FALSE(client.server_closed());
    EXPECT_EQ(log.last().outcome, outcome::completed);
}

TEST_F(slow_reader, that_pauses_and_then_catches_up_gets_all_of_it)
{
    server_options options;
    options.deadline = 1h;
    served server(routes, options);
    auto   client = server.connect();
    client.window(0);
    client.get("/large");

    std::size_t taken = 0;
    for (int i = 0; i != 21; ++i) {
        server.clock.advance(19s);
        client.window(100'000);
        taken += client.receive().size();
    }

    EXPECT_GT(taken, 2'000'000u);
}

// ---- clients whose body nobody reads

TEST_F(slow_sender, of_a_body_that_is_read_over_is_cut_below_the_minimum_rate)
{
    served server(routes);
    auto   client = server.connect();
    client.send(post("/ignore", 60'000));
    EXPECT_THAT(client.receive(), EndsWith("no thanks\n"));

    for (int i = 0; i != 4; ++i) {
        server.clock.advance(4s);
        client.send("x");
    }

    EXPECT_TRUE(client.server_finished());
    EXPECT_EQ(log.size(), 1u);
}

TEST_F(slow_sender, that_is_honest_keeps_its_connection)
{
    served server(routes);
    auto   client = server.connect();
    client.send(post("/ignore", 60'000));

    for (int i = 0; i != 60; ++i) {
        server.clock.advance(1s);
        client.send(std::string(1'000, 'x'));
    }
    client.receive();
    client.get("/hello");

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
}

// ---- handlers that answer what is no answer

TEST_F(handlers, that_answer_with_a_status_that_is_none_fail)
{
    for (const auto wrong : {status::continue_, status::switching_protocols, status::processing, static_cast<status>(42), static_cast<status>(1000)}) {
        logged_lines logged;
        router       own;
        own.use(log);
        own.get("/plain", [wrong](context, request) { return response(wrong); });
        own.get("/coroutine", [wrong](context, request) -> task<response> { co_return response(wrong); });
        own.get("/stream", [wrong](context, request) {
            return stream_response(wrong, content_types::text, [](context ctx, body_writer& out) -> task<void> { co_await out.write(ctx, "x"); });
        });
        own.get("/error", [wrong](context, request) -> response { throw http_error(wrong, "no error either"); });
        own.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        served server(own);
        auto   client = server.connect();
        for (const auto* target : {"/plain", "/coroutine", "/stream", "/error"}) {
            client.get(target);

            EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 500 Internal Server Error") << target;
            EXPECT_EQ(log.last().outcome, outcome::failed) << target;
            EXPECT_EQ(log.last().status, status::internal_server_error) << target;
            EXPECT_THAT(logged.lines, Contains(AllOf(HasSubstr(" error "), HasSubstr(std::string("GET ") + target),
                                                     HasSubstr("answered with status " + std::to_string(to_int(wrong))))));
        }

        client.get("/hello");
        EXPECT_THAT(client.receive(), EndsWith("hello\n"));
    }
}

// ---- handlers that use one body twice

TEST_F(handlers, that_read_one_body_in_two_places_at_once_are_told)
{
    logged_lines logged;
    routes.post("/read", [](context ctx, request req) -> task<response> {
        auto read = [&](context c) -> task<std::string> { return req.read_all(std::move(c)); };
        co_await when_all(ctx, read, read);
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();

    client.send(post("/read", 5));

    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 500 Internal Server Error");
    EXPECT_EQ(log.last().outcome, outcome::failed);
    EXPECT_THAT(logged.lines, Contains(HasSubstr("read the request body: it is being read already")));
}

TEST_F(handlers, that_write_one_answer_in_two_places_at_once_are_told)
{
    logged_lines logged;
    routes.get("/write", [](context, request) {
        return stream_response(status::ok, content_types::text, [](context ctx, body_writer& out) -> task<void> {
            const std::string piece(200'000, 'x');
            auto write = [&](context c) -> task<int> {
                co_await out.write(c, piece);
                co_return 0;
            };
            co_await when_all(ctx, write, write);
        });
    });
    served server(routes);
    auto   client = server.connect();
    client.window(0);

    client.get("/write");

    EXPECT_THAT(logged.lines, Contains(HasSubstr("write the answer's body: it is being written already")));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::failed);
}

// ---- handlers that fail after their deadline

TEST_F(handlers, that_fail_for_another_reason_after_their_deadline_are_logged)
{
    CURFEW_PROVES("H5");
    logged_lines logged;
    routes.get("/fails", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1h, nothrow);
        throw std::runtime_error("the disk is full");
    });
    served server(routes);
    auto   client = server.connect();

    client.get("/fails", "x-request-timeout-ms: 1000\r\n");
    server.clock.advance(1s);

    EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 504 Gateway Timeout");
    EXPECT_EQ(log.last().outcome, outcome::deadline);
    EXPECT_THAT(logged.lines, Contains(AllOf(HasSubstr(" error "), HasSubstr("GET /fails (route /fails) failed: the disk is full"))));
}

namespace {

/// What a handler throws because its context has ended.
[[noreturn]] void fail_by_cancel(int how, const context& ctx)
{
    switch (how) {
    case 0: throw context_error(ctx.cause());
    case 1: throw boost::system::system_error(ctx.error());
    case 2: throw boost::system::system_error(boost::asio::error::operation_aborted);
    case 3: throw boost::asio::multiple_exceptions(std::make_exception_ptr(boost::system::system_error(boost::asio::error::operation_aborted)));
    default: throw http_error(status::bad_gateway, "the other service is too slow");
    }
}

}  // namespace

TEST_F(handlers, that_fail_because_of_their_deadline_are_not_logged)
{
    CURFEW_PROVES("H5");
    logged_lines logged;
    routes.get("/fails/{how}", [](context ctx, request req) -> task<response> {
        co_await sleep_for(ctx, 1h, nothrow);
        fail_by_cancel(req.path_param_as<int>("how"), ctx);
    });
    served server(routes);
    for (int how = 0; how != 5; ++how) {
        auto client = server.connect();

        client.get("/fails/" + std::to_string(how), "x-request-timeout-ms: 1000\r\n");
        server.clock.advance(1s);

        EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 504 Gateway Timeout") << how;
    }
    EXPECT_THAT(logged.lines, IsEmpty());
}

TEST_F(handlers, whose_client_left_while_they_read_its_body_are_not_logged)
{
    CURFEW_PROVES("H5");
    logged_lines logged;
    routes.post("/read", [](context ctx, request req) -> task<response> { co_return text(status::ok, co_await req.read_all(ctx)); });
    served server(routes);
    auto   first = server.connect(), second = server.connect();
    first.send(post("/read", 5));
    second.send(post("/read", 5));

    first.reset();
    second.finish();

    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log[0].record.outcome, outcome::client_gone);
    EXPECT_EQ(log[1].record.outcome, outcome::client_gone);
    EXPECT_THAT(logged.lines, IsEmpty());
}

// ---- answers that are on their way when the server ends

TEST_F(slow_reader, gets_an_answer_that_was_on_its_way_when_the_drain_limit_passed)
{
    CURFEW_PROVES("L2");
    served server(routes);
    auto   client = server.connect();
    client.window(0);
    client.get("/hello");

    server.worker().drain();
    server.worker().shut_down();
    server.loop.run_ready();
    EXPECT_FALSE(client.server_closed());
    client.window(1000);

    EXPECT_THAT(client.receive(), EndsWith("hello\n"));
    EXPECT_EQ(server.worker().counts().answered, 1u);
    EXPECT_TRUE(client.server_finished());
}

TEST_F(slow_reader, who_never_took_the_answer_is_counted_as_abandoned_when_the_server_gives_up)
{
    CURFEW_PROVES("L2");
    served server(routes);
    auto   client = server.connect();
    client.window(0);
    client.get("/hello");

    server.worker().drain();
    server.worker().shut_down();
    server.worker().abandon();
    server.loop.run_ready();

    EXPECT_TRUE(client.server_reset());
    EXPECT_EQ(server.worker().counts().answered, 0u);
    EXPECT_EQ(server.worker().counts().abandoned, 1u);
}
