#include "calling.hpp"

#include <curfew/trace_context.hpp>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

client_options speaking(std::optional<deadline_header> header)
{
    client_options options;
    options.deadline         = header;
    options.pool.connections = 1;
    return options;
}

}  // namespace

TEST(client_deadline, tells_what_is_left_less_a_reserve)
{
    CURFEW_PROVES("W0", "W1", "W6");
    calling c;

    auto call = c.get(with_timeout(c.background(), 1s));

    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "995");
    c.network[0].send(ok_hello);
}

TEST(client_deadline, tells_it_in_the_other_dialects)
{
    CURFEW_PROVES("W0");
    {
        calling c(speaking(deadline_header::grpc_timeout));
        auto    call = c.get(with_timeout(c.background(), 1s));
        EXPECT_EQ(sent_field(c.network[0].take(), "grpc-timeout"), "995000u");
        c.network[0].send(ok_hello);
    }
    {
        calling c(speaking(deadline_header::envoy_expected_rq_timeout));
        auto    call = c.get(with_timeout(c.background(), 1s));
        EXPECT_EQ(sent_field(c.network[0].take(), "x-envoy-expected-rq-timeout-ms"), "995");
        c.network[0].send(ok_hello);
    }
    {
        calling c(speaking(std::nullopt));
        auto    call = c.get(with_timeout(c.background(), 1s));
        EXPECT_THAT(c.network[0].take(), Not(HasSubstr("timeout")));
        c.network[0].send(ok_hello);
    }
}

TEST(client_deadline, tells_nothing_if_there_is_none)
{
    calling c;
    auto    call = c.get(c.background());
    EXPECT_THAT(c.network[0].take(), Not(HasSubstr("timeout")));
    c.network[0].send(ok_hello);
}

TEST(client_deadline, counts_the_time_spent_waiting_for_a_connection)
{
    CURFEW_PROVES("W1");
    calling c(speaking(deadline_header::request_timeout));
    auto    first  = c.get(c.background());
    auto    second = c.get(with_timeout(c.background(), 1s));
    c.network[0].take();

    c.clock.advance(400ms);
    c.network[0].send(ok_hello);

    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "595");
    c.network[0].send(ok_hello);
}

TEST(client_deadline, counts_the_time_spent_connecting)
{
    CURFEW_PROVES("W1");
    calling c;
    c.network.slow = true;
    auto call      = c.get(with_timeout(c.background(), 1s));

    c.clock.advance(300ms);
    c.network.accept();

    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "695");
    c.network[0].send(ok_hello);
}

TEST(client_deadline, tells_less_when_a_request_is_sent_again)
{
    CURFEW_PROVES("W6");
    calling    c;
    const auto ctx   = with_timeout(c.background(), 1s);
    auto       first = c.get(c.background());
    c.network[0].send(ok_hello);
    c.network[0].take();
    auto second = c.get(ctx);
    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "995");

    c.clock.advance(100ms);
    c.network[0].finish();

    EXPECT_EQ(sent_field(c.network[1].take(), "x-request-timeout-ms"), "895");
    c.network[1].send(ok_hello);
}

TEST(client_deadline, tells_the_calls_own_timeout_if_that_is_sooner)
{
    CURFEW_PROVES("W6");
    calling c;

    auto sooner = c.start(with_timeout(c.background(), 1s), client_request(method::get, "http://service/").timeout(200ms));
    auto later  = c.start(with_timeout(c.background(), 1s), client_request(method::get, "http://service/").timeout(2s));

    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "195");
    EXPECT_EQ(sent_field(c.network[1].take(), "x-request-timeout-ms"), "995");
    c.network[0].send(ok_hello);
    c.network[1].send(ok_hello);
}

TEST(client_deadline, calls_nobody_with_too_little_left)
{
    CURFEW_PROVES("W6");
    for (const auto left : {1us, 1000us, 1999us}) {
        calling c;
        auto    call = c.get(with_timeout(c.background(), left));

        ASSERT_TRUE(failure_of(call)) << left.count();
        EXPECT_EQ(failure_of(call)->code(), client_errc::insufficient_budget);
        EXPECT_EQ(failure_of(call)->code(), boost::system::errc::timed_out);
        EXPECT_EQ(failure_of(call)->phase(), call_phase::prepare);
        EXPECT_THAT(failure_of(call)->what(), HasSubstr("insufficient budget"));
        EXPECT_EQ(c.network.called().size(), 0u);
    }
    calling c;
    auto    call = c.get(with_timeout(c.background(), 2ms));
    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "1");
    c.network[0].send(ok_hello);
}

TEST(client_deadline, sends_nothing_if_too_little_is_left_after_waiting_and_keeps_the_connection)
{
    CURFEW_PROVES("W1", "W6");
    calling c(speaking(deadline_header::request_timeout));
    auto    first  = c.get(c.background());
    auto    second = c.get(with_timeout(c.background(), 100ms));
    c.network[0].take();

    c.clock.advance(99ms);
    c.network[0].send(ok_hello);

    ASSERT_TRUE(failure_of(second));
    EXPECT_EQ(failure_of(second)->code(), client_errc::insufficient_budget);
    EXPECT_EQ(failure_of(second)->phase(), call_phase::send);
    EXPECT_EQ(c.network[0].received(), "");
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_deadline, does_not_connect_if_too_little_is_left_after_waiting)
{
    CURFEW_PROVES("W1", "W6");
    calling c(speaking(deadline_header::request_timeout));
    auto    first  = c.get(c.background());
    auto    second = c.get(with_timeout(c.background(), 100ms));

    c.clock.advance(99ms);
    c.network[0].reset();

    ASSERT_TRUE(failure_of(second));
    EXPECT_EQ(failure_of(second)->code(), client_errc::insufficient_budget);
    EXPECT_EQ(failure_of(second)->phase(), call_phase::connect);
    EXPECT_EQ(c.network.called().size(), 1u);
}

TEST(client_deadline, ends_a_call_in_flight_with_its_cause)
{
    CURFEW_PROVES("P3");
    calling c;
    auto    call = c.get(with_timeout(c.background(), 300ms, "budget"));

    c.clock.advance(300ms);

    EXPECT_EQ(call.error(), errc::deadline_exceeded);
    EXPECT_EQ(call.cause().scope(), "budget");
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_deadline, of_the_call_covers_the_body)
{
    calling c;
    auto    call = c.start(c.background(), client_request(method::get, "http://service/").timeout(1s));
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");

    c.clock.advance(999ms);
    EXPECT_FALSE(call.finished());
    c.clock.advance(1ms);

    EXPECT_EQ(call.error(), errc::deadline_exceeded);
    EXPECT_EQ(call.cause().scope(), "call");
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_deadline, limits_the_wait_for_the_head)
{
    calling c;
    auto    call = c.get(c.background());

    c.clock.advance(30s);

    ASSERT_TRUE(failure_of(call));
    EXPECT_EQ(failure_of(call)->code(), client_errc::timed_out);
    EXPECT_EQ(failure_of(call)->phase(), call_phase::read);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_deadline, is_not_put_off_by_interim_answers_or_a_trickling_head)
{
    calling c;
    auto    call = c.get(c.background());

    for (int i = 0; i != 29; ++i) {
        c.clock.advance(1s);
        c.network[0].send("HTTP/1.1 102 Processing\r\n\r\n");
    }
    EXPECT_FALSE(call.finished());
    c.clock.advance(1s);

    EXPECT_EQ(failure_of(call)->code(), client_errc::timed_out);
}

TEST(client_deadline, limits_silence_within_the_body_but_not_its_length)
{
    calling c;
    auto    call = c.get(c.background());
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    for (int i = 0; i != 10; ++i) {
        c.clock.advance(29s);
        c.network[0].send("x");
    }
    EXPECT_FALSE(call.finished());

    c.clock.advance(30s);

    EXPECT_EQ(failure_of(call)->code(), client_errc::timed_out);
}

// ---- the trace

TEST(client_trace, goes_on_with_a_new_parent_id)
{
    CURFEW_PROVES("T4");
    calling    c;
    const auto caller = *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const auto ctx    = with_trace(c.background(), caller);

    auto       first  = c.get(ctx);
    auto       second = c.get(ctx);
    const auto one    = parse_traceparent(sent_field(c.network[0].take(), "traceparent"));
    const auto two    = parse_traceparent(sent_field(c.network[1].take(), "traceparent"));
    c.network[0].send(ok_hello);
    c.network[1].send(ok_hello);

    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->id(), caller.id());
    EXPECT_EQ(two->id(), caller.id());
    EXPECT_TRUE(one->sampled());
    EXPECT_NE(one->span(), caller.span());
    EXPECT_NE(one->span(), two->span());
}

TEST(client_trace, carries_the_vendors_state)
{
    inbound_trace inbound;
    inbound.on_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    inbound.on_tracestate("a=1,b=2");
    calling c;

    auto call = c.get(with_trace(c.background(), inbound.finish()));

    EXPECT_EQ(sent_field(c.network[0].take(), "tracestate"), "a=1,b=2");
    c.network[0].send(ok_hello);
}

TEST(client_trace, can_be_left_out)
{
    client_options options;
    options.trace = false;
    calling c(options);

    auto call = c.get(with_trace(c.background(), trace_context::generate()));

    EXPECT_THAT(c.network[0].take(), Not(HasSubstr("trace")));
    c.network[0].send(ok_hello);
}
