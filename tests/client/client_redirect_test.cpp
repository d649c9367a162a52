#include "calling.hpp"

using namespace curfew;
using namespace curfew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

client_options following(unsigned most)
{
    client_options options;
    options.max_redirects = most;
    return options;
}

std::string to(std::string_view status, std::string_view location)
{
    return "HTTP/1.1 " + std::string(status) + "\r\nLocation: " + std::string(location) + "\r\nContent-Length: 0\r\n\r\n";
}

client_request with_secrets(method m = method::get)
{
    return client_request(m, "http://service/a").header("Authorization", "Bearer x").header("Cookie", "a=b").header("Accept", "*/*");
}

}  // namespace

TEST(client_redirect, is_an_answer_like_others_by_default)
{
    calling c;
    auto    call = c.get(c.background());

    c.network[0].send(to("302 Found", "/b"));

    EXPECT_EQ(call.value().code, 302u);
    EXPECT_EQ(c.network[0].received().find("GET /b"), std::string::npos);
}

TEST(client_redirect, is_followed_on_the_same_connection)
{
    calling c(following(3));
    auto    call = c.get(c.background(), "http://service/a/b?c=d");
    c.network[0].take();

    c.network[0].send(to("302 Found", "../e?f=g"));
    EXPECT_THAT(c.network[0].take(), StartsWith("GET /e?f=g HTTP/1.1\r\n"));
    c.network[0].send(ok_hello);

    EXPECT_EQ(call.value().body, "hello");
    EXPECT_EQ(c.network.size(), 1u);
}

TEST(client_redirect, keeps_credentials_within_an_origin_only)
{
    calling c(following(3));
    auto    call = c.start(c.background(), with_secrets());
    c.network[0].take();
    c.network[0].send(to("307 Temporary Redirect", "/b"));
    EXPECT_THAT(c.network[0].take(), AllOf(HasSubstr("Authorization"), HasSubstr("Cookie")));

    c.network[0].send(to("307 Temporary Redirect", "http://other/b"));

    EXPECT_THAT(c.network[1].take(), AllOf(HasSubstr("Host: other\r\n"), HasSubstr("Accept"), Not(HasSubstr("Authorization")),
                                           Not(HasSubstr("Cookie"))));
    c.network[1].send(ok_hello);
    EXPECT_TRUE(call.finished());
}

TEST(client_redirect, counts_another_port_or_scheme_as_another_origin)
{
    for (const auto other : {"http://service:81/", "https://service/", "//service:81/"}) {
        calling c(following(3));
        auto    call = c.start(c.background(), with_secrets());
        c.network[0].send(to("302 Found", other));
        EXPECT_THAT(c.network[1].take(), Not(HasSubstr("Bearer"))) << other;
        c.network[1].send(ok_hello);
    }
}

TEST(client_redirect, does_not_give_credentials_back_on_the_way_back)
{
    calling c(following(3));
    auto    call = c.start(c.background(), with_secrets());
    c.network[0].send(to("302 Found", "http://other/"));
    c.network[0].take();
    c.network[1].send(to("302 Found", "http://service/"));

    EXPECT_THAT(c.network[0].take(), Not(HasSubstr("Bearer")));
    c.network[0].send(ok_hello);
}

TEST(client_redirect, turns_a_post_into_a_get_where_the_status_says_so)
{
    const auto sent_after = [](std::string_view status, method m) {
        calling c(following(1));
        auto    call = c.start(c.background(), client_request(m, "http://service/a").body("milk", "text/plain"));
        c.network[0].take();
        c.network[0].send(to(status, "/b"));
        auto again = c.network[0].take();
        c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        return again;
    };
    EXPECT_THAT(sent_after("301 Moved Permanently", method::post), AllOf(StartsWith("GET /b"), Not(HasSubstr("milk")), Not(HasSubstr("Content-"))));
    EXPECT_THAT(sent_after("302 Found", method::put), AllOf(StartsWith("PUT /b"), HasSubstr("milk")));
    EXPECT_THAT(sent_after("303 See Other", method::put), StartsWith("GET /b"));
    EXPECT_THAT(sent_after("307 Temporary Redirect", method::post), AllOf(StartsWith("POST /b"), HasSubstr("milk")));
    EXPECT_THAT(sent_after("308 Permanent Redirect", method::post), AllOf(StartsWith("POST /b"), HasSubstr("milk")));
}

TEST(client_redirect, ends_a_chain_that_is_too_long)
{
    calling c(following(2));
    auto    call = c.get(c.background());

    c.network[0].send(to("302 Found", "/1"));
    c.network[0].send(to("302 Found", "/2"));
    c.network[0].send(to("302 Found", "/3"));

    ASSERT_TRUE(failure_of(call));
    EXPECT_EQ(failure_of(call)->code(), client_errc::too_many_redirects);
}

TEST(client_redirect, that_cannot_be_followed_is_an_answer)
{
    for (const auto& answer : {to("302 Found", "ftp://service/"), to("302 Found", "http://u:p@service/"), to("304 Not Modified", "/b"),
                              std::string("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")}) {
        calling c(following(2));
        auto    call = c.get(c.background());
        c.network[0].send(answer);
        ASSERT_TRUE(call.finished()) << answer;
        EXPECT_EQ(call.value().code / 100, 3u);
    }
}

TEST(client_redirect, with_a_body_that_is_produced_once_is_an_answer)
{
    calling c(following(2));
    auto    none = [](context, body_writer&) -> task<void> { co_return; };
    auto    call = c.start(c.background(), client_request(method::post, "http://service/").stream(none, "text/plain"));

    c.network[0].send(to("307 Temporary Redirect", "/b"));

    EXPECT_EQ(call.value().code, 307u);
}

TEST(client_redirect, drops_a_body_that_is_too_large_to_skip)
{
    calling c(following(1));
    auto    call = c.get(c.background());

    c.network[0].send("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 1000000\r\n\r\n" + std::string(100'000, 'x'));

    EXPECT_TRUE(c.network[0].was_reset());
    c.network[1].send(ok_hello);
    EXPECT_EQ(call.value().body, "hello");
}
