#include "calling.hpp"

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::StartsWith;

namespace {

client_options at_most(std::size_t connections)
{
    client_options options;
    options.pool.connections = connections;
    return options;
}

}  // namespace

TEST(client_pool, makes_calls_wait_when_all_connections_are_busy)
{
    calling c(at_most(1));
    auto    first  = c.get(c.background(), "http://service/1");
    auto    second = c.get(c.background(), "http://service/2");
    EXPECT_THAT(c.network[0].take(), StartsWith("GET /1"));

    c.network[0].send(ok_hello);

    EXPECT_TRUE(first.finished());
    EXPECT_THAT(c.network[0].take(), StartsWith("GET /2"));
    c.network[0].send(ok_hello);
    EXPECT_TRUE(second.finished());
    EXPECT_EQ(c.network.size(), 1u);
}

TEST(client_pool, serves_waiting_calls_in_the_order_in_which_they_came)
{
    calling c(at_most(1));
    auto    first  = c.get(c.background(), "http://service/1");
    auto    second = c.get(c.background(), "http://service/2");
    auto    third  = c.get(c.background(), "http://service/3");

    c.network[0].send(ok_hello);
    c.network[0].take();
    c.network[0].send(ok_hello);

    EXPECT_THAT(c.network[0].take(), StartsWith("GET /3"));
    c.network[0].send(ok_hello);
    EXPECT_TRUE(third.finished());
}

TEST(client_pool, connects_for_the_next_in_line_when_a_connection_is_lost)
{
    calling c(at_most(1));
    auto    first  = c.get(c.background());
    auto    second = c.get(c.background());

    c.network[0].send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

    EXPECT_EQ(c.network.size(), 2u);
    c.network[1].send(ok_hello);
    EXPECT_EQ(second.value().body, "hello");
}

TEST(client_pool, refuses_calls_beyond_its_line)
{
    auto options         = at_most(1);
    options.pool.waiting = 1;
    calling c(options);
    auto    first  = c.get(c.background());
    auto    second = c.get(c.background());

    auto third = c.get(c.background());

    ASSERT_TRUE(failure_of(third));
    EXPECT_EQ(failure_of(third)->code(), client_errc::queue_full);
    EXPECT_EQ(failure_of(third)->phase(), call_phase::queue);
    c.network[0].send(ok_hello);
    c.network[0].send(ok_hello);
    EXPECT_TRUE(second.finished());
}

TEST(client_pool, closes_connections_that_nobody_uses)
{
    calling c;
    auto    call = c.get(c.background());
    c.network[0].send(ok_hello);

    c.clock.advance(29s);
    EXPECT_FALSE(c.network[0].closed());
    c.clock.advance(1s);

    EXPECT_TRUE(c.network[0].closed());
}

TEST(client_pool, does_not_reuse_a_connection_that_is_to_close)
{
    for (const auto answer : {
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
             "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more",
         }) {
        calling c;
        auto    call = c.get(c.background());

        c.network[0].send(answer);

        EXPECT_EQ(call.value().body, "hello");
        EXPECT_TRUE(c.network[0].closed()) << answer;
        EXPECT_FALSE(c.network[0].was_reset()) << answer;
    }
}

TEST(client_pool, does_not_reuse_a_connection_whose_answer_ended_with_it)
{
    calling c;
    auto    call = c.get(c.background());
    c.network[0].send("HTTP/1.1 200 OK\r\n\r\nhel");
    c.network[0].send("lo");
    EXPECT_FALSE(call.finished());

    c.network[0].finish();

    EXPECT_EQ(call.value().body, "hello");
    EXPECT_TRUE(c.network[0].closed());
}

TEST(client_pool, drops_an_idle_connection_on_which_something_came)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);
    c.network[0].send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");

    auto second = c.get(c.background());
    EXPECT_TRUE(c.network[0].closed());
    c.network[1].send(ok_hello);

    EXPECT_EQ(second.value().code, 200u);
}

TEST(client_pool, drops_idle_connections_that_their_owner_closed)
{
    calling c;
    auto    first  = c.get(c.background());
    auto    second = c.get(c.background());
    c.network[0].send(ok_hello);
    c.network[1].send(ok_hello);
    c.network[0].finish();
    c.network[1].reset();

    auto third = c.get(c.background());
    c.network.last().send(ok_hello);

    EXPECT_EQ(c.network.size(), 3u);
    EXPECT_EQ(c.network.open(), 1u);
    EXPECT_EQ(third.value().code, 200u);
}

TEST(client_pool, gives_the_connection_back_once_the_body_has_come_though_nobody_read_it)
{
    calling c;
    auto    ignore = [&]() -> task<> { co_await c.api->get(c.background(), "http://service/"); };
    auto    call   = c.loop.start(ignore());

    c.network[0].send(ok_hello);

    EXPECT_TRUE(call.finished());
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_pool, closes_a_connection_whose_body_was_dropped_unread)
{
    calling c;
    auto    ignore = [&]() -> task<> { co_await c.api->get(c.background(), "http://service/"); };
    auto    call   = c.loop.start(ignore());

    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");

    EXPECT_TRUE(call.finished());
    EXPECT_TRUE(c.network[0].closed());
    EXPECT_TRUE(c.network[0].was_reset());  // so that nobody goes on sending it
}

TEST(client_pool, gives_connections_of_answers_without_a_body_back)
{
    for (const auto m : {method::head, method::get})
        for (const auto answer : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
            calling c;
            auto    call = c.start(c.background(), client_request(m, "http://service/"));
            c.network[0].send(answer);
            EXPECT_TRUE(call.finished());
            EXPECT_FALSE(c.network[0].closed());
        }
    calling c;
    auto    call = c.start(c.background(), client_request(method::head, "http://service/"));
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
    EXPECT_EQ(call.value().body, "");
    EXPECT_FALSE(c.network[0].closed());
}

// ---- a kept connection that was closed meanwhile

TEST(client_pool, sends_a_request_again_if_a_kept_connection_closes_before_any_byte_of_the_answer)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);
    auto second = c.get(c.background());

    c.network[0].finish();  // it crossed our request

    EXPECT_EQ(c.network.size(), 2u);
    EXPECT_THAT(c.network[1].take(), StartsWith("GET / "));
    c.network[1].send(ok_hello);
    EXPECT_EQ(second.value().body, "hello");
    EXPECT_TRUE(c.network[0].closed());
}

TEST(client_pool, does_so_after_a_reset_as_well)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);
    auto second = c.get(c.background());

    c.network[0].reset();
    c.network[1].send(ok_hello);

    EXPECT_EQ(second.value().body, "hello");
}

TEST(client_pool, does_so_once)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);
    auto second = c.get(c.background());

    c.network[0].finish();
    c.network[1].finish();

    ASSERT_TRUE(failure_of(second));
    EXPECT_EQ(failure_of(second)->code(), client_errc::connection_closed);
    EXPECT_EQ(failure_of(second)->phase(), call_phase::read);
    EXPECT_EQ(c.network.size(), 2u);
}

TEST(client_pool, does_not_on_a_fresh_connection)
{
    calling c;
    auto    call = c.get(c.background());

    c.network[0].finish();

    EXPECT_EQ(failure_of(call)->code(), client_errc::connection_closed);
    EXPECT_EQ(c.network.size(), 1u);
}

TEST(client_pool, does_not_once_the_answer_has_begun)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);
    auto second = c.get(c.background());

    c.network[0].send("HTTP/1.1 1");
    c.network[0].finish();

    EXPECT_EQ(failure_of(second)->code(), client_errc::truncated);
    EXPECT_EQ(c.network.size(), 1u);
}

TEST(client_pool, does_not_send_twice_what_may_act_twice)
{
    const auto post = [](bool idempotent) {
        return client_request(method::post, "http://service/").body("1", "text/plain").idempotent(idempotent);
    };
    {
        calling c;
        auto    first = c.get(c.background());
        c.network[0].send(ok_hello);
        auto second = c.start(c.background(), post(false));
        c.network[0].finish();
        EXPECT_EQ(failure_of(second)->code(), client_errc::connection_closed);
        EXPECT_EQ(c.network.size(), 1u);
    }
    {
        calling c;
        auto    first = c.get(c.background());
        c.network[0].send(ok_hello);
        auto second = c.start(c.background(), post(true));
        c.network[0].finish();
        c.network[1].send(ok_hello);
        EXPECT_EQ(second.value().code, 200u);
    }
}

TEST(client_pool, forgets_origins_that_nobody_calls)
{
    client_options options;
    options.pool.idle = 0;
    calling c(options);
    for (int i = 0; i != 100; ++i) {
        auto call = c.get(c.background(), "http://service-" + std::to_string(i) + "/");
        c.network.last().send(ok_hello);
    }
    EXPECT_EQ(c.network.open(), 0u);
}
