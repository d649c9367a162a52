#include "calling.hpp"

#include <boost/asio/error.hpp>

#include <vector>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::StartsWith;

namespace {

constexpr std::string_view unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";

client_options trying(int attempts)
{
    client_options options;
    options.retries.attempts = attempts;
    return options;
}

/// A client that tries several times, and a service that refuses connections.
struct refused : calling {
    explicit refused(client_options options) : calling(std::move(options)) { network.refusal = boost::asio::error::connection_refused; }
};

}  // namespace

TEST(client_retry, is_not_made_unless_it_is_asked_for)
{
    refused c(client_options{});

    auto call = c.get(c.background());

    EXPECT_TRUE(failure_of(call));
    EXPECT_EQ(c.network.called().size(), 1u);
}

TEST(client_retry, calls_again_after_a_pause)
{
    refused c(trying(3));
    auto    call = c.get(c.background());
    EXPECT_EQ(c.network.called().size(), 1u);

    c.network.refusal = {};
    c.clock.advance(50ms);

    ASSERT_EQ(c.network.called().size(), 2u);
    c.network[0].send(ok_hello);
    EXPECT_EQ(call.value().body, "hello");
}

TEST(client_retry, ends_with_the_last_failure)
{
    refused c(trying(3));
    auto    call = c.get(c.background());

    c.clock.advance(1s);

    ASSERT_TRUE(failure_of(call));
    EXPECT_EQ(failure_of(call)->code(), boost::asio::error::connection_refused);
    EXPECT_EQ(c.network.called().size(), 3u);
}

TEST(client_retry, never_goes_beyond_the_deadline)
{
    CURFEW_PROVES("W6");
    for (int round = 0; round != 100; ++round) {
        auto options                   = trying(1'000);
        options.retries.longest_pause  = 100ms;
        options.retries.budget.reserve = 1'000;
        refused c(options);
        auto    call = c.get(with_timeout(c.background(), 300ms));

        for (int i = 0; i != 300; ++i) c.clock.advance(1ms);

        ASSERT_TRUE(call.finished());
        const auto made = c.network.called().size();
        EXPECT_GT(made, 2u);
        c.clock.advance(1h);
        EXPECT_EQ(c.network.called().size(), made);
    }
}

TEST(client_retry, is_given_up_during_a_pause_when_its_context_ends)
{
    refused c(trying(3));
    auto    source = with_cancel(c.background());
    auto    call   = c.get(source.get_context());

    source.cancel();
    c.loop.run_ready();

    EXPECT_EQ(call.error(), errc::canceled);
    EXPECT_EQ(c.clock.pending_timers(), 0u);
}

TEST(client_retry, tells_less_each_time)
{
    CURFEW_PROVES("W6");
    calling          c(trying(3));
    auto             call = c.get(with_timeout(c.background(), 10s));
    std::vector<int> told;
    for (std::size_t i = 0; i != 3; ++i) {
        ASSERT_EQ(c.network.size(), i + 1);
        told.push_back(std::stoi(sent_field(c.network[i].take(), "x-request-timeout-ms")));
        c.clock.advance(10ms);  // the service takes its time to fail
        c.network[i].finish();
        c.clock.advance(200ms);
    }

    EXPECT_TRUE(failure_of(call));
    EXPECT_LT(told[1], told[0]);
    EXPECT_LT(told[2], told[1]);
}

TEST(client_retry, does_not_send_twice_what_may_act_twice)
{
    const auto post = [] { return client_request(method::post, "http://service/").body("order", "text/plain"); };
    {
        calling c(trying(3));
        auto    call = c.start(c.background(), post());
        c.network[0].finish();
        EXPECT_EQ(failure_of(call)->code(), client_errc::connection_closed);
    }
    {
        calling c(trying(3));
        auto    call = c.start(c.background(), post());
        c.network[0].send(unavailable);
        EXPECT_EQ(call.value().code, 503u);
    }
    {
        calling c(trying(3));
        auto    call = c.start(c.background(), post().idempotent(true));
        c.network[0].finish();
        c.clock.advance(50ms);
        c.network[1].send(ok_hello);
        EXPECT_EQ(call.value().body, "hello");
    }
    {
        refused c(trying(3));  // nothing has been sent
        auto    call      = c.start(c.background(), post());
        c.network.refusal = {};
        c.clock.advance(50ms);
        c.network[0].send(ok_hello);
        EXPECT_EQ(call.value().body, "hello");
    }
}

TEST(client_retry, does_not_call_the_producer_of_a_body_twice)
{
    calling  c(trying(3));
    unsigned produced = 0;
    auto     produce  = [&](context ctx, body_writer& out) -> task<void> {
        ++produced;
        co_await out.write(ctx, "body");
    };
    auto call = c.start(c.background(), client_request(method::put, "http://service/").stream(produce, "text/plain"));

    c.network[0].finish();
    c.clock.advance(1s);

    EXPECT_TRUE(failure_of(call));
    EXPECT_EQ(produced, 1u);
    EXPECT_EQ(c.network.called().size(), 1u);
}

TEST(client_retry, asks_again_one_who_is_unavailable_and_gives_the_last_answer)
{
    calling c(trying(2));
    auto    call = c.get(c.background());
    c.network[0].send(unavailable);
    EXPECT_FALSE(call.finished());

    c.clock.advance(50ms);
    c.network[0].send(unavailable);

    EXPECT_EQ(call.value().code, 503u);
    EXPECT_EQ(call.value().body, "busy");
    EXPECT_EQ(c.network.size(), 1u) << "the connection was good";
}

TEST(client_retry, takes_an_answer_that_time_was_up_for_an_answer)
{
    for (const auto* answer : {"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
                               "HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n"}) {
        calling c(trying(3));
        auto    call = c.get(c.background());

        c.network[0].send(answer);

        EXPECT_TRUE(call.finished()) << answer;
    }
}

TEST(client_retry, waits_as_long_as_it_is_asked_to_if_there_is_time)
{
    constexpr std::string_view later = "HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n";
    {
        calling c(trying(2));
        auto    call = c.get(c.background());
        c.network[0].take();
        c.network[0].send(later);
        c.clock.advance(1'999ms);
        EXPECT_EQ(c.network[0].take(), "");
        c.clock.advance(1ms);
        EXPECT_THAT(c.network[0].take(), StartsWith("GET / "));
        c.network[0].send(ok_hello);
        EXPECT_EQ(call.value().body, "hello");
    }
    {
        calling c(trying(2));
        auto    call = c.get(with_timeout(c.background(), 2s));
        c.network[0].send(later);
        EXPECT_EQ(call.value().code, 503u);
    }
}

TEST(client_retry, limits_a_single_attempt)
{
    auto options                 = trying(2);
    options.retries.attempt_time = 100ms;
    calling c(options);
    auto    call = c.get(with_timeout(c.background(), 1s));
    EXPECT_EQ(sent_field(c.network[0].take(), "x-request-timeout-ms"), "95");

    c.clock.advance(100ms);
    EXPECT_TRUE(c.network[0].was_reset());
    EXPECT_FALSE(call.finished());
    c.clock.advance(50ms);
    c.network[1].send(ok_hello);

    EXPECT_EQ(call.value().body, "hello");
}

TEST(client_retry, does_not_limit_the_body_by_the_time_of_an_attempt)
{
    auto options                 = trying(2);
    options.retries.attempt_time = 100ms;
    calling c(options);
    auto    call = c.get(c.background());
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");

    c.clock.advance(1s);
    c.network[0].send("llo");

    EXPECT_EQ(call.value().body, "hello");
}

TEST(client_retry, has_a_budget_for_each_origin)
{
    auto options                   = trying(3);
    options.retries.budget.share   = 0;
    options.retries.budget.minimum = 0;
    options.retries.budget.reserve = 5;
    refused c(options);
    for (int i = 0; i != 20; ++i) {
        auto call = c.get(c.background());
        c.clock.advance(1s);
        EXPECT_TRUE(failure_of(call));
    }
    EXPECT_EQ(c.network.called().size(), 25u);

    auto other = c.get(c.background(), "http://another/");
    c.clock.advance(1s);

    EXPECT_TRUE(failure_of(other));
    EXPECT_EQ(c.network.called().size(), 28u);
}
