#include <curfew/json.hpp>

#include "run.hpp"
#include "sample_request.hpp"

#include <gtest/gtest.h>

namespace curfew {
namespace {

status status_of_reading(std::string_view type, std::string_view body)
{
    test_run       run;
    sample_request sample(method::post, "/");
    sample.header("Content-Type", type).body(body);
    try {
        run(sample.get().read_json(run.ctx()));
    } catch (const http_error& error) {
        return error.status();
    }
    return status::ok;
}

TEST(json, makes_an_answer_of_its_argument)
{
    const auto answer = json(status::created, {{"id", 7}, {"tags", {"a", "b"}}});

    EXPECT_EQ(answer.status(), status::created);
    EXPECT_EQ(answer.content_type(), "application/json");
    EXPECT_EQ(answer.body(), R"({"id":7,"tags":["a","b"]})");
}

TEST(json, replaces_what_is_not_utf_8_instead_of_failing)
{
    EXPECT_EQ(json(status::ok, "a\xff").body(), "\"a\xef\xbf\xbd\"");
}

TEST(json, is_read_from_a_body)
{
    test_run       run;
    sample_request sample(method::post, "/");
    sample.header("Content-Type", "application/json; charset=utf-8").body(R"({"title": "milk"})", 5);

    const auto value = run(sample.get().read_json(run.ctx()));

    EXPECT_EQ(value["title"], "milk");
}

TEST(json, is_accepted_under_any_type_that_ends_in_json)
{
    EXPECT_EQ(status_of_reading("application/merge-patch+JSON", "{}"), status::ok);
}

TEST(json, is_refused_with_415_under_another_type_and_with_400_if_malformed)
{
    EXPECT_EQ(status_of_reading("text/plain", "{}"), status::unsupported_media_type);
    EXPECT_EQ(status_of_reading("application/json", "{"), status::bad_request);
    EXPECT_EQ(status_of_reading("application/json", ""), status::bad_request);
    EXPECT_EQ(status_of_reading("application/json", "{} {}"), status::bad_request);
}

}  // namespace
}  // namespace curfew
