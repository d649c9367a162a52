#include <curfew/conditional.hpp>

#include "sample_request.hpp"

#include <curfew/stream.hpp>

#include <gtest/gtest.h>

namespace curfew {
namespace {

std::string tag_of(std::string_view body)
{
    sample_request sample(method::get, "/");
    const auto     answer = with_etag(sample.get(), text(status::ok, std::string(body)));
    return std::string(answer.headers().find("ETag").value_or("none"));
}

TEST(with_etag, adds_a_tag_that_changes_with_the_body)
{
    EXPECT_EQ(tag_of("a"), tag_of("a"));
    EXPECT_NE(tag_of("a"), tag_of("b"));
}

TEST(with_etag, answers_304_without_a_body_if_the_client_has_it)
{
    sample_request sample(method::get, "/");
    sample.header("If-None-Match", "\"other\", " + tag_of("a"));

    const auto answer = with_etag(sample.get(), text(status::ok, "a").header("Cache-Control", "no-cache"));

    EXPECT_EQ(answer.status(), status::not_modified);
    EXPECT_EQ(answer.body(), "");
    EXPECT_EQ(answer.content_type(), "");
    EXPECT_EQ(answer.headers().find("etag"), tag_of("a"));
    EXPECT_EQ(answer.headers().find("cache-control"), "no-cache");
}

TEST(with_etag, sends_the_body_if_the_client_has_another)
{
    sample_request sample(method::get, "/");
    sample.header("If-None-Match", tag_of("b"));

    EXPECT_EQ(with_etag(sample.get(), text(status::ok, "a")).body(), "a");
}

TEST(with_etag, keeps_a_tag_that_the_answer_has)
{
    sample_request sample(method::get, "/");
    sample.header("If-None-Match", "\"v7\"");

    EXPECT_EQ(with_etag(sample.get(), text(status::ok, "a").header("ETag", "\"v7\"")).status(), status::not_modified);
}

TEST(with_etag, leaves_alone_what_is_no_200_to_a_read)
{
    sample_request post(method::post, "/");
    sample_request get(method::get, "/");

    EXPECT_FALSE(with_etag(post.get(), text(status::ok, "a")).headers().contains("ETag"));
    EXPECT_FALSE(with_etag(get.get(), text(status::not_found, "a")).headers().contains("ETag"));
}

}  // namespace
}  // namespace curfew
