#include <curfew/client.hpp>

#include "calling.hpp"

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(client, sends_a_request_and_reads_the_answer)
{
    calling c;

    auto call = c.get(c.background(), "http://service:8080/users/7?full=1#top");
    EXPECT_THAT(c.network.last().take(), StartsWith("GET /users/7?full=1 HTTP/1.1\r\nHost: service:8080\r\n"));
    c.network.last().send(ok_hello);

    ASSERT_TRUE(call.finished());
    EXPECT_EQ(call.value().code, 200u);
    EXPECT_EQ(call.value().body, "hello");
}

TEST(client, keeps_the_connection_for_the_next_request_to_the_same_origin)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);

    auto second = c.get(c.background());
    c.network[0].send(ok_hello);

    EXPECT_EQ(c.network.size(), 1u);
    EXPECT_EQ(second.value().body, "hello");
}

TEST(client, connects_anew_to_another_origin)
{
    calling c;
    auto    first = c.get(c.background(), "http://one/");
    c.network[0].send(ok_hello);

    auto second = c.get(c.background(), "http://two/");
    c.network[1].send(ok_hello);

    EXPECT_THAT(c.network.called(), ::testing::ElementsAre("http://one:80", "http://two:80"));
}

TEST(client, resolves_a_relative_url_against_its_base)
{
    client_options options;
    options.base_url = "http://users.internal:8080/v1/";
    calling c(options);

    auto call = c.get(c.background(), "/users/7");
    EXPECT_THAT(c.network.last().take(), StartsWith("GET /users/7 HTTP/1.1\r\nHost: users.internal:8080\r\n"));
    c.network.last().send(ok_hello);

    EXPECT_TRUE(call.finished());
}

TEST(client, refuses_what_is_no_url)
{
    calling c;
    for (const auto url : {"", "users/7", "ftp://service/", "http://", "http://u:p@service/", "http://service:99999/",
                           "http://ser vice/", "http://service/\r\nX: y"}) {
        auto call = c.get(c.background(), url);
        ASSERT_TRUE(failure_of(call)) << url;
        EXPECT_EQ(failure_of(call)->code(), client_errc::malformed_url) << url;
        EXPECT_EQ(failure_of(call)->phase(), call_phase::prepare);
    }
    EXPECT_EQ(c.network.size(), 0u);
}

TEST(client, refuses_a_base_url_that_is_none)
{
    client_options options;
    options.base_url = "users.internal";
    EXPECT_THROW(client{options}, std::invalid_argument);
}

TEST(client, sends_a_body_with_its_type_and_length)
{
    calling c;

    auto call = c.start(c.background(), client_request(method::post, "http://service/notes").body("milk", "text/plain"));
    const auto sent = c.network.last().take();
    c.network.last().send("HTTP/1.1 204 No Content\r\n\r\n");

    EXPECT_THAT(sent, HasSubstr("\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"));
    EXPECT_THAT(sent, EndsWith("\r\n\r\nmilk"));
    EXPECT_EQ(call.value().code, 204u);
}

TEST(client, may_be_destroyed_while_a_call_is_under_way)
{
    calling c;
    auto    call = c.get(c.background());

    c.api.reset();
    c.network.last().send(ok_hello);

    EXPECT_EQ(call.value().body, "hello");
    EXPECT_TRUE(c.network.last().closed());  // nobody is left to use it again
}

TEST(client, closes_idle_connections_when_destroyed)
{
    calling c;
    auto    call = c.get(c.background());
    c.network.last().send(ok_hello);
    EXPECT_FALSE(c.network.last().closed());

    c.api.reset();
    c.loop.run_ready();

    EXPECT_TRUE(c.network.last().closed());
    EXPECT_FALSE(c.network.last().was_reset());
}

TEST(client, cannot_be_called_outside_its_contexts_loop)
{
    calling      c;
    manual_clock clock;
    test_loop    elsewhere(clock);

    auto call = elsewhere.start(c.api->get(c.background(), "http://service/"));

    ASSERT_TRUE(call.finished());
    EXPECT_THROW(std::rethrow_exception(call.exception()), std::logic_error);
}
