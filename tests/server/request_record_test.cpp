// What the server says of a request that is over.
#include "logged_lines.hpp"
#include "served_connection.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/steady_timer.hpp>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

struct records : ::testing::Test {
    recorder log;
    router   routes;

    records() { routes.use(log); }

    /// Has one request canceled, from outside and for this reason, while it waits.
    void canceled_by(cause_kind why)
    {
        std::optional<context> seen;
        routes.get("/slow", [&](context ctx, request) -> task<response> {
            seen = ctx;
            co_await sleep_for(ctx, 1h);
            co_return no_content();
        });
        served server(routes);
        auto   client = server.connect();
        client.get("/slow");
        seen->life().cancel(curfew::detail::make_cause(why, seen->life(), {}));
        seen.reset();
        server.loop.run_ready();
        client_answer = client.receive();
    }

    std::string client_answer;
};

task<int> wait_bound(context ctx)
{
    boost::asio::steady_timer timer(ctx.get_executor(), 1h);
    co_await timer.async_wait(bind_context(ctx));
    co_return 1;
}

task<int> wait_asleep(context ctx)
{
    co_await sleep_for(ctx, 1h);
    co_return 1;
}

}  // namespace

TEST_F(records, count_the_operations_that_the_cancel_stopped)
{
    CURFEW_PROVES("H7");
    routes.get("/one", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1h);
        co_return no_content();
    });
    routes.get("/three", [](context ctx, request) -> task<response> {
        auto first  = [](context c) { return wait_bound(std::move(c)); };
        auto second = [](context c) { return wait_asleep(std::move(c)); };
        auto third  = [](context c) { return wait_bound(std::move(c)); };
        co_await when_all(ctx, first, second, third);
        co_return no_content();
    });
    served server(routes);
    auto   one = server.connect(), three = server.connect();
    one.get("/one");
    three.get("/three");

    one.reset();
    EXPECT_EQ(log.last().stopped, 1u);
    three.reset();
    EXPECT_EQ(log.last().stopped, 3u);
}

TEST_F(records, count_no_operation_that_ended_by_itself_or_by_a_deadline_of_its_own)
{
    routes.get("/retry", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        const auto attempt = with_timeout(ctx, 1s);
        co_await sleep_for(attempt, 1h, nothrow);
        co_await sleep_for(ctx, 1h);
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();
    client.get("/retry");
    server.clock.advance(3s);

    client.reset();

    EXPECT_EQ(log.last().outcome, outcome::client_gone);
    EXPECT_EQ(log.last().stopped, 1u);
}

TEST_F(records, begin_anew_on_a_connection_whose_last_request_was_canceled)
{
    routes.get("/cancel", [](context ctx, request) -> task<response> {
        ctx.life().cancel(curfew::detail::make_cause(cause_kind::canceled, ctx.life(), {}));
        co_await sleep_for(ctx, 1h);
        co_return no_content();
    });
    routes.get("/sleep", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();
    client.get("/cancel");
    client.get("/sleep");

    server.clock.advance(1s);

    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log[1].record.outcome, outcome::completed);
    EXPECT_EQ(log[1].record.stopped, 0u);
}

TEST_F(records, say_how_long_it_took_to_quiet_whoever_canceled)
{
    std::optional<context> seen;
    routes.get("/slow", [&](context ctx, request) -> task<response> {
        seen = ctx;
        co_await sleep_for(ctx, 1h, nothrow);
        co_await sleep_for(without_cancel(ctx), 50ms, nothrow);
        co_return no_content();
    });
    served server(routes);
    auto   client = server.connect();
    client.get("/slow");
    server.clock.advance(1s);

    seen->life().cancel(curfew::detail::make_cause(cause_kind::aborted_by_operator, seen->life(), {}));
    seen.reset();
    server.clock.advance(1s);

    EXPECT_EQ(log.last().took, 1050ms);
    EXPECT_EQ(log.last().quiet, 50ms);
}

// ---- whose context it was

TEST_F(records, name_the_route_whose_context_ended)
{
    CURFEW_PROVES("P1");
    std::string name_in_handler;
    routes.get("/notes/{id}", [&](context ctx, request) -> task<response> {
        name_in_handler = ctx.name();
        co_await sleep_for(ctx, 1h);
        co_return no_content();
    });
    routes.get("/plain", [&](context ctx, request) {
        name_in_handler = ctx.name();
        return no_content();
    });
    cause kept;
    {
        served server(routes);
        auto   client = server.connect();
        client.get("/plain");
        EXPECT_EQ(name_in_handler, "GET /plain");

        client.get("/notes/7");
        EXPECT_EQ(name_in_handler, "GET /notes/{id}");
        client.reset();
        kept = log.last().why;
    }
    routes = {};  // a cause outlives what it names

    EXPECT_EQ(kept.scope(), "GET /notes/{id}");
    EXPECT_THAT(kept.to_string(), HasSubstr(", scope GET /notes/{id}"));
}

// ---- causes that nothing in the server makes yet

TEST_F(records, of_a_request_that_an_operator_aborted_say_canceled)
{
    CURFEW_PROVES("H3", "H7");
    canceled_by(cause_kind::aborted_by_operator);

    const auto& answer = client_answer;
    EXPECT_EQ(status_line(answer), "HTTP/1.1 503 Service Unavailable");
    EXPECT_THAT(answer, HasSubstr("\"kind\":\"aborted_by_operator\""));
    EXPECT_THAT(answer, Not(HasSubstr("Retry-After")));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::canceled);
    EXPECT_EQ(log.last().status, status::service_unavailable);
    EXPECT_EQ(log.last().why.kind(), cause_kind::aborted_by_operator);
    EXPECT_EQ(log.last().stopped, 1u);
}

TEST_F(records, of_a_request_that_was_shed_say_so)
{
    CURFEW_PROVES("H7");
    canceled_by(cause_kind::shed);

    const auto& answer = client_answer;
    EXPECT_EQ(status_line(answer), "HTTP/1.1 503 Service Unavailable");
    EXPECT_THAT(answer, HasSubstr("\"kind\":\"shed\""));
    EXPECT_THAT(answer, HasSubstr("retry-after: 1\r\n"));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::shed);
    EXPECT_EQ(log.last().status, status::service_unavailable);
}

// ---- the clock

namespace {

/// A clock that moves within a turn of the loop, as the real one does.
class moving_clock final : public clock {
public:
    time_point now() const noexcept override
    {
        ++reads;
        return at;
    }

    mutable unsigned reads = 0;
    time_point       at{1h};
};

/// How often the clock was read for one request to a handler that takes 5 ms and waits for nothing.
unsigned reads_for_one(router routes, moving_clock& clock)
{
    routes.get("/busy", [&](context, request) {
        clock.at += 5ms;
        return no_content();
    });
    boost::asio::io_context io{1};
    use_clock(io, clock);
    const auto root = background(io);
    const auto in   = std::make_shared<curfew::detail::worker>(
        io, std::make_shared<curfew::detail::service>(routes, server_options()), root.life());
    const auto wire = curfew::detail::make_memory_wire(io.get_executor());
    curfew::detail::connection<curfew::detail::memory_stream>::start(in, curfew::detail::memory_stream(wire, true));
    io.poll();

    clock.reads = 0;
    wire->client_sends("GET /busy HTTP/1.1\r\nHost: t\r\n\r\n");
    io.restart();
    io.poll();
    const auto reads = clock.reads;

    in->abandon();
    io.restart();
    io.poll();
    return reads;
}

}  // namespace

TEST_F(records, say_how_long_a_handler_took_that_waited_for_nothing)
{
    moving_clock clock;

    reads_for_one(routes, clock);

    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().took, 5ms);
}

TEST_F(records, cost_no_look_at_the_clock_if_nobody_asks_for_them)
{
    moving_clock clock;

    EXPECT_EQ(reads_for_one(router(), clock) + 1, reads_for_one(routes, clock));
}

// ---- hooks that fail

TEST_F(records, reach_the_other_requests_if_a_hook_throws)
{
    struct failing {
        bool with_exception;
        void finished(const context&, const request&, const request_record&) const
        {
            if (with_exception) throw std::runtime_error("no room");
            throw 7;
        }
    };
    for (const bool with_exception : {true, false}) {
        const logged_lines logged;
        router             own;
        own.use(log).use(failing{with_exception});
        own.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
        served server(own);
        auto   client = server.connect();

        client.get("/hello");
        client.get("/hello");

        const auto answers = client.receive();
        EXPECT_THAT(answers, HasSubstr("hello\nHTTP/1.1 200 OK"));
        EXPECT_EQ(server.worker().counts().answered, 2u);
        EXPECT_EQ(server.worker().inflight(), 0u);
        EXPECT_EQ(log.size(), with_exception ? 2u : 4u);
        ASSERT_EQ(logged.lines.size(), 2u);
        EXPECT_THAT(logged.lines[0], HasSubstr(" error "));
        EXPECT_THAT(logged.lines[0], HasSubstr(with_exception ? "GET /hello (route /hello) failed: no room"
                                                              : "GET /hello (route /hello) failed: an exception that is no std::exception"));
    }
}
