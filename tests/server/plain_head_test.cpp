#include "plain_head.hpp"

#include "parse_head.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace curfew::detail {

namespace {

using namespace std::string_view_literals;

struct plain_result
{
    std::string text;
    std::array<field_view, 8> table{};
    request_head head;
    std::size_t size = 0;
};

void read(std::string_view text, plain_result& into, const head_limits& limits = {})
{
    into.text = text;
    into.size = read_plain_head(into.text, limits, into.table, into.head);
}

// What the plain reader takes, the parser takes, too, and understands in the same way.
void expect_taken(std::string_view text)
{
    plain_result plain;
    read(text, plain);
    const auto parsed = parse_head(text, 1, {});

    ASSERT_TRUE(parsed.accepted()) << text;
    ASSERT_EQ(plain.size, parsed.result.consumed) << text;
    EXPECT_EQ(plain.head.method, parsed.head.method);
    EXPECT_EQ(plain.head.version, parsed.head.version);
    EXPECT_EQ(plain.head.target, parsed.head.target);
    EXPECT_EQ(plain.head.path, parsed.head.path);
    EXPECT_EQ(plain.head.query, parsed.head.query);
    EXPECT_EQ(plain.head.authority, parsed.head.authority);
    EXPECT_EQ(plain.head.content_length, parsed.head.content_length);
    EXPECT_EQ(plain.head.keep_alive, parsed.head.keep_alive);
    EXPECT_FALSE(parsed.head.chunked || parsed.head.expect_continue || parsed.head.upgrade);
    ASSERT_EQ(plain.head.fields.size(), parsed.head.fields.size());
    for (std::size_t i = 0; i != plain.head.fields.size(); ++i) {
        EXPECT_EQ(plain.head.fields[i].name, parsed.head.fields[i].name);
        EXPECT_EQ(plain.head.fields[i].value, parsed.head.fields[i].value);
        EXPECT_EQ(plain.head.fields[i].id, parsed.head.fields[i].id);
    }
}

void expect_left_to_the_parser(std::string_view text, const head_limits& limits = {})
{
    plain_result plain;
    read(text, plain, limits);
    EXPECT_EQ(plain.size, 0u) << text;
}

TEST(read_plain_head, takes_what_most_clients_send)
{
    expect_taken("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_taken("GET /notes/7?full=1&x=%20 HTTP/1.1\r\nhost: example.org:8080\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n");
    expect_taken("POST /notes HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 12\r\nConnection: Keep-Alive\r\n\r\nhello, world");
    expect_taken("DELETE /a%2fb HTTP/1.1\r\nX-Empty:\r\nX-Bytes: \xc3\xa9 \r\nHOST: a\r\nConnection: close\r\n\r\n");
    expect_taken("PUT /x HTTP/1.1\r\nHost:\r\ncontent-length: 0\r\n\r\nGET /next");
}

TEST(read_plain_head, leaves_every_incomplete_head_to_the_parser)
{
    const std::string_view head = "GET /notes?a=b HTTP/1.1\r\nHost: a\r\nX-Long: 0123456789abcdef\r\n\r\n";
    for (std::size_t size = 0; size != head.size(); ++size)
        expect_left_to_the_parser(head.substr(0, size));
    expect_taken(head);
}

TEST(read_plain_head, leaves_rare_forms_to_the_parser)
{
    expect_left_to_the_parser("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.2\r\nHost: a\r\n\r\n");
    expect_left_to_the_parser("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_left_to_the_parser("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: close\r\n\r\n");
    expect_left_to_the_parser("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    expect_left_to_the_parser("GET / HTTP/1.1\r\nHost: a\r\nX: tab\there\r\n\r\n");
}

TEST(read_plain_head, leaves_whatever_is_wrong_to_the_parser)
{
    for (const std::string_view wrong : {
             "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
             "get / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
             "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
             "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: 12345678\x01 2345\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
         }) {
        expect_left_to_the_parser(wrong);
        EXPECT_FALSE(parse_head(wrong, all_at_once, {}).accepted()) << wrong;
    }
    expect_left_to_the_parser("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv);
}

TEST(read_plain_head, keeps_to_the_limits)
{
    const std::string_view head = "GET /notes HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";

    expect_left_to_the_parser(head, {.size = static_cast<std::uint32_t>(head.size() - 1)});
    expect_left_to_the_parser(head, {.target = 5});
    expect_left_to_the_parser(head, {.fields = 1});
    plain_result plain;
    read(head, plain, {.size = static_cast<std::uint32_t>(head.size()), .target = 6, .fields = 2});
    EXPECT_EQ(plain.size, head.size());
}

}  // namespace

}  // namespace curfew::detail
