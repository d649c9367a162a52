#include <curfew/cookie.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;

set_cookie named(std::string name, std::string value = "1")
{
    set_cookie cookie;
    cookie.name = std::move(name);
    cookie.value = std::move(value);
    return cookie;
}

TEST(find_cookie, returns_the_first_of_its_name)
{
    EXPECT_EQ(find_cookie("a=1; b=2; a=3", "a"), "1");
    EXPECT_EQ(find_cookie("a=1; b=2; a=3", "b"), "2");
    EXPECT_EQ(find_cookie("a=1;b=2", "b"), "2");
    EXPECT_EQ(find_cookie("a=1; b=2", "B"), std::nullopt);
    EXPECT_EQ(find_cookie("", "a"), std::nullopt);
}

TEST(find_cookie, keeps_equals_signs_and_drops_surrounding_quotes)
{
    EXPECT_EQ(find_cookie("a=x==; b=\"q\"; c=\"; d=", "a"), "x==");
    EXPECT_EQ(find_cookie("a=x==; b=\"q\"; c=\"; d=", "b"), "q");
    EXPECT_EQ(find_cookie("a=x==; b=\"q\"; c=\"; d=", "c"), "\"");
    EXPECT_EQ(find_cookie("a=x==; b=\"q\"; c=\"; d=", "d"), "");
}

TEST(find_cookie, skips_pieces_that_are_no_pairs)
{
    EXPECT_EQ(find_cookie("garbage; ;; =x; a=1", "a"), "1");
    EXPECT_EQ(find_cookie("garbage", "garbage"), std::nullopt);
}

TEST(format_set_cookie, is_careful_by_default)
{
    EXPECT_EQ(format_set_cookie(named("id", "7")), "id=7; Path=/; Secure; HttpOnly; SameSite=Lax");
}

TEST(format_set_cookie, writes_every_attribute_that_is_set)
{
    auto cookie = named("id", "7");
    cookie.path = "/app";
    cookie.domain = "example.org";
    cookie.max_age = 1h;
    cookie.secure = false;
    cookie.http_only = false;
    cookie.same_site = same_site::strict;

    EXPECT_EQ(format_set_cookie(cookie), "id=7; Path=/app; Domain=example.org; Max-Age=3600; SameSite=Strict");
}

TEST(format_set_cookie, refuses_what_would_add_an_attribute_or_split_the_header)
{
    for (const std::string evil : {"a;b", "a\r\nb", "a\nb", "\x01"}) {
        EXPECT_THROW((void)format_set_cookie(named(evil)), std::invalid_argument);
        EXPECT_THROW((void)format_set_cookie(named("id", evil)), std::invalid_argument);

        auto by_path = named("id");
        by_path.path = evil;
        EXPECT_THROW((void)format_set_cookie(by_path), std::invalid_argument);

        auto by_domain = named("id");
        by_domain.domain = evil;
        EXPECT_THROW((void)format_set_cookie(by_domain), std::invalid_argument);
    }
    for (const std::string value : {"a b", "a,b", "\"a\"", "a\\b", "\xc3\xa4"})
        EXPECT_THROW((void)format_set_cookie(named("id", value)), std::invalid_argument) << value;
    EXPECT_THROW((void)format_set_cookie(named("")), std::invalid_argument);
}

TEST(format_set_cookie, refuses_attributes_that_make_clients_drop_the_cookie)
{
    auto everywhere = named("id");
    everywhere.same_site = same_site::none;
    EXPECT_NO_THROW((void)format_set_cookie(everywhere));
    everywhere.secure = false;
    EXPECT_THROW((void)format_set_cookie(everywhere), std::invalid_argument);

    auto host = named("__Host-id");
    EXPECT_NO_THROW((void)format_set_cookie(host));
    host.domain = "example.org";
    EXPECT_THROW((void)format_set_cookie(host), std::invalid_argument);

    auto secure = named("__Secure-id");
    secure.secure = false;
    EXPECT_THROW((void)format_set_cookie(secure), std::invalid_argument);
}

} // namespace
} // namespace curfew
