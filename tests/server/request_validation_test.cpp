#include "request_validation.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace curfew::detail {

namespace {

// RFC 9110 §7.2, RFC 3986 §3.2.2
TEST(is_host, takes_names_addresses_and_ports)
{
    for (const auto text : {"", "a", "example.org", "EXAMPLE.org:80", "127.0.0.1", "127.0.0.1:65535", "[::1]",
                            "[::1]:8080", "[2001:db8::1]", "[::ffff:192.0.2.1]", "a:", "a_b", "a%20b",
                            "xn--bcher-kva.example", "!$&'()*+,;=", "0:0"}) {
        EXPECT_TRUE(is_host(text)) << text;
    }
}

TEST(is_host, refuses_everything_else)
{
    for (const auto text : {":80", "a b", " ", "a:b", "a:-1", "a:+1", "a:65536", "a:000080", "a:80:80", "a/", "a?", "a#",
                            "u@a", "http://a", "a\\b", "\"a\"", "<a>", "a,b c", "b\xc3\xbc" "cher", "a%2", "a%zz", "%",
                            "::1", "[::1", "::1]", "[]", "[:1]", "[::1]x", "[::1]:x", "[fe80::1%25eth0]",
                            "[fe80::1%eth0]", "[1.2.3.4]", "[v1.a]", "[g::1]", "[::1]]", "a[::1]",
                            "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", "a|b", "a^b", "a{b"}) {
        EXPECT_FALSE(is_host(text)) << text;
    }
}

TEST(is_host, does_not_stop_reading_at_a_nul)
{
    using namespace std::string_view_literals;
    EXPECT_FALSE(is_host("[::1\0x]"sv));
    EXPECT_FALSE(is_host("a\0"sv));
}

// RFC 9112 §3.2.1
TEST(split_target, splits_the_origin_form_at_the_first_question_mark)
{
    const auto parts = read_target(method::get, "/a/b%20c;v=1/@:~?x=/1?&y='2'");

    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->path, "/a/b%20c;v=1/@:~");
    EXPECT_EQ(parts->query, "x=/1?&y='2'");
    EXPECT_EQ(parts->authority, "");
    EXPECT_EQ(read_target(method::get, "/?")->query, "");
    EXPECT_EQ(read_target(method::get, "//a")->path, "//a");
}

TEST(split_target, takes_what_browsers_send_unescaped)
{
    EXPECT_TRUE(read_target(method::get, "/pages/[slug]|^"));
    EXPECT_TRUE(read_target(method::get, "/?a[]=1|2&b={`^\\}&c=100%"));
}

TEST(split_target, refuses_characters_that_must_be_escaped)
{
    for (const auto target : {"/a#b", "/?a#b", "/\"", "/?\"", "/<", "/>", "/?<>", "/{a}", "/`", "/\\", "/\x7f", "/\x80",
                              "/?\xff", "/a\tb", "/%", "/%4", "/%4g", "/% 20", ""}) {
        EXPECT_FALSE(read_target(method::get, target)) << target;
    }
}

TEST(split_target, refuses_a_path_that_begins_with_no_slash)
{
    for (const auto target : {"a", "index.html", "?a", "a/b", "./", "example.org:80", "mailto:a@b"}) {
        EXPECT_FALSE(read_target(method::get, target)) << target;
    }
}

// RFC 9112 §3.2.2
TEST(split_target, normalizes_the_absolute_form)
{
    const auto full = read_target(method::get, "HTTPS://a.b:81/c?d");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->authority, "a.b:81");
    EXPECT_EQ(full->path, "/c");
    EXPECT_EQ(full->query, "d");

    EXPECT_EQ(read_target(method::get, "http://a")->path, "/");
    EXPECT_EQ(read_target(method::get, "http://a?b/c")->path, "/");
    EXPECT_EQ(read_target(method::get, "http://a?b/c")->query, "b/c");
    EXPECT_EQ(read_target(method::get, "http://[::1]:80/")->authority, "[::1]:80");
}

TEST(split_target, refuses_an_absolute_form_that_http_cannot_serve)
{
    for (const auto target : {"http://", "http:///a", "http://?a", "http://:80/", "http://u:p@a/", "http://a:x/",
                              "ftp://a/", "http:/a", "http:a", "http//a", "http://a#b", "http://a b/", "http://a/#b",
                              "://a"}) {
        EXPECT_FALSE(read_target(method::get, target)) << target;
    }
}

// RFC 9112 §3.2.3
TEST(split_target, takes_the_authority_form_for_connect_and_nothing_else_for_it)
{
    EXPECT_EQ(read_target(method::connect, "a:443")->authority, "a:443");
    EXPECT_EQ(read_target(method::connect, "a:443")->path, "");
    EXPECT_TRUE(read_target(method::connect, "[::1]:443"));
    for (const auto target : {"/", "*", "a", "a:", ":443", "http://a:443", "a:443/", "u@a:443", ""}) {
        EXPECT_FALSE(read_target(method::connect, target)) << target;
    }
    EXPECT_FALSE(read_target(method::get, "a:443"));
}

// RFC 9112 §3.2.4
TEST(split_target, takes_the_asterisk_form_for_options_only)
{
    EXPECT_EQ(read_target(method::options, "*")->path, "*");
    EXPECT_EQ(read_target(method::options, "http://a")->path, "*");
    EXPECT_EQ(read_target(method::options, "http://a/")->path, "/");
    EXPECT_EQ(read_target(method::options, "http://a?b")->path, "/");
    EXPECT_TRUE(read_target(method::options, "/a"));
    EXPECT_FALSE(read_target(method::options, "**"));
    EXPECT_FALSE(read_target(method::get, "*"));
}

// RFC 9110 §7.6.1
TEST(add_connection_options, collects_the_members_of_several_fields)
{
    connection_options options;

    EXPECT_TRUE(add_connection_options("te, Keep-Alive", options));
    EXPECT_TRUE(add_connection_options(" , UPGRADE ,", options));

    EXPECT_FALSE(options.close);
    EXPECT_TRUE(options.keep_alive);
    EXPECT_TRUE(options.upgrade);
}

TEST(add_connection_options, refuses_what_is_no_token)
{
    connection_options options;
    for (const auto value : {"a b", "close;q=1", "\"close\"", "close, a=b"}) {
        EXPECT_FALSE(add_connection_options(value, options)) << value;
    }
}

}  // namespace

}  // namespace curfew::detail
