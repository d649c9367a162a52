#include "call_target.hpp"

#include <gtest/gtest.h>

using curfew::detail::call_target;
using curfew::detail::read_url;

namespace {

std::string read(std::string_view url, std::string_view base = {})
{
    const auto target = read_url(url, base);
    return target ? target->url() : "none";
}

}  // namespace

TEST(call_target, splits_a_url)
{
    const auto target = read_url("https://Users.Internal:8443/a%20b?c=d#e", {});

    ASSERT_TRUE(target);
    EXPECT_TRUE(target->origin.secure);
    EXPECT_EQ(target->origin.host, "users.internal");
    EXPECT_EQ(target->origin.port, 8443);
    EXPECT_EQ(target->target, "/a%20b?c=d");
}

TEST(call_target, knows_the_usual_ports)
{
    EXPECT_EQ(read("http://a"), "http://a:80/");
    EXPECT_EQ(read("https://a?x"), "https://a:443/?x");
    EXPECT_EQ(read("http://a:/"), "http://a:80/");
    EXPECT_EQ(read_url("http://a:80/", {})->origin.host_field(), "a");
    EXPECT_EQ(read_url("http://a:443/", {})->origin.host_field(), "a:443");
}

TEST(call_target, takes_numeric_addresses)
{
    EXPECT_EQ(read("http://127.0.0.1:8080/"), "http://127.0.0.1:8080/");
    const auto v6 = read_url("http://[::1]:8080/x", {});
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->origin.host, "::1");
    EXPECT_EQ(v6->origin.host_field(), "[::1]:8080");
}

TEST(call_target, resolves_references_as_links_are)
{
    EXPECT_EQ(read("/b", "http://h/a/c"), "http://h:80/b");
    EXPECT_EQ(read("b?x=1", "http://h/a/c"), "http://h:80/a/b?x=1");
    EXPECT_EQ(read("../d", "http://h/a/b/c"), "http://h:80/a/d");
    EXPECT_EQ(read("//other/x", "https://h/a"), "https://other:443/x");
    EXPECT_EQ(read("http://other/", "http://h/"), "http://other:80/");
}

TEST(call_target, refuses_what_cannot_be_called)
{
    for (const auto url : {"", "a", "/a", "//h/a", "ftp://h/", "http:///a", "http://", "http://u@h/", "http://u:p@h/",
                           "http://h:0/", "http://h:65536/", "http://h:x/", "http://h h/", "http://h/ a", "http://h/\r\n",
                           "http://h%2fx/", "http://h/\x80", "mailto:a@b"})
        EXPECT_EQ(read(url), "none") << url;
    EXPECT_EQ(read("a", "no-base"), "none");
}
