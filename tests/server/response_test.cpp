#include <curfew/response.hpp>

#include <curfew/cookie.hpp>
#include <curfew/http_error.hpp>
#include <curfew/problem.hpp>
#include <curfew/stream.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

namespace curfew {
namespace {

// g++ 12 destroys aggregates twice where they are temporaries of a co_await expression.
static_assert(!std::is_aggregate_v<response> && std::is_nothrow_move_constructible_v<response>);

TEST(response, is_an_empty_200_unless_told_otherwise)
{
    const response answer;

    EXPECT_EQ(answer.status(), status::ok);
    EXPECT_EQ(answer.body(), "");
    EXPECT_EQ(answer.content_type(), "");
    EXPECT_TRUE(answer.headers().empty());
    EXPECT_EQ(answer.stream(), nullptr);
}

TEST(response, names_the_type_of_text_and_html)
{
    EXPECT_EQ(text(status::ok, "x").content_type(), "text/plain; charset=utf-8");
    EXPECT_EQ(html(status::created, "<p>").content_type(), "text/html; charset=utf-8");
    EXPECT_EQ(html(status::created, "<p>").status(), status::created);
    EXPECT_EQ(text(status::ok, "x").body(), "x");
}

TEST(response, prefers_a_content_type_that_was_set_as_a_field)
{
    const auto answer = text(status::ok, "a,b").header("content-type", "text/csv");

    EXPECT_EQ(answer.content_type(), "text/csv");
}

TEST(response, replaces_a_field_that_is_set_again)
{
    const auto answer = no_content().header("X-A", "1").header("x-a", "2").status(status::accepted);

    EXPECT_EQ(answer.headers().find_all("X-A"), std::vector<std::string_view>{"2"});
    EXPECT_EQ(answer.status(), status::accepted);
}

TEST(response, refuses_a_field_that_would_start_another_line)
{
    response answer;

    EXPECT_THROW(answer.header("X-A", "1\r\nX-B: 2"), std::invalid_argument);
}

TEST(response, adds_one_field_for_each_cookie)
{
    set_cookie first;
    first.name = "a";
    first.value = "1";
    auto second = first;
    second.name = "b";

    const auto answer = no_content().cookie(first).cookie(second);

    EXPECT_EQ(answer.headers().find_all("Set-Cookie").size(), 2u);
}

TEST(response, redirects_with_redirections_only)
{
    const auto answer = redirect(status::see_other, "/notes/7");

    EXPECT_EQ(answer.status(), status::see_other);
    EXPECT_EQ(answer.headers().find("location"), "/notes/7");
    EXPECT_THROW(static_cast<void>(redirect(status::ok, "/")), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(redirect(status::not_modified, "/")), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(redirect(status::found, "/\r\nX: y")), std::invalid_argument);
}

TEST(response, describes_problems_as_rfc_9457_says)
{
    const auto answer = problem_response(status::conflict, "note 7 was changed");

    EXPECT_EQ(answer.status(), status::conflict);
    EXPECT_EQ(answer.content_type(), "application/problem+json");
    EXPECT_EQ(answer.body(), problem(status::conflict).detail("note 7 was changed").to_json());
}

TEST(response, is_what_an_http_error_asks_for)
{
    const http_error error(status::too_many_requests, "slow down", {{"Retry-After", "3"}});

    const auto answer = problem_response(error);

    EXPECT_EQ(answer.status(), status::too_many_requests);
    EXPECT_EQ(answer.headers().find("retry-after"), "3");
    EXPECT_NE(answer.body().find("slow down"), std::string::npos);
}

} // namespace
} // namespace curfew
