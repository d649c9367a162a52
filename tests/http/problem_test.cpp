#include <curfew/problem.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace curfew {
namespace {

using nlohmann::json;

TEST(problem, says_what_its_status_says_when_nothing_is_added)
{
    EXPECT_EQ(problem(status::not_found).to_json(), R"({"title":"Not Found","status":404})");
}

TEST(problem, writes_standard_members_first_and_its_own_in_the_order_they_were_added)
{
    const auto p = problem(status::conflict)
                       .with("version", 4)
                       .with("key", "note-7")
                       .type("https://example.org/stale")
                       .title("Stale note")
                       .detail("note 7 was changed")
                       .instance("/notes/7");

    EXPECT_EQ(p.to_json(), R"({"type":"https://example.org/stale","title":"Stale note","status":409,)"
                           R"("detail":"note 7 was changed","instance":"/notes/7","version":4,"key":"note-7"})");
    EXPECT_EQ(p.status(), status::conflict);
}

TEST(problem, takes_members_of_every_json_type)
{
    const auto p = problem(status::bad_request)
                       .with("flag", true)
                       .with("small", -1)
                       .with("large", std::numeric_limits<std::uint64_t>::max())
                       .with("ratio", 0.25)
                       .with("zero", 0)
                       .with_json("errors", R"([{"pointer":"/name"}])");

    const auto read = json::parse(p.to_json());
    EXPECT_EQ(read["flag"], true);
    EXPECT_EQ(read["small"], -1);
    EXPECT_EQ(read["large"], std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(read["ratio"], 0.25);
    EXPECT_EQ(read["zero"], 0);
    EXPECT_EQ(read["errors"][0]["pointer"], "/name");
}

TEST(problem, escapes_text_and_survives_what_is_not_utf_8)
{
    const auto p = problem(status::bad_request).detail("a \"b\"\r\n\x01").with("\"odd\"", "\xff");

    const auto read = json::parse(p.to_json());
    EXPECT_EQ(read["detail"], "a \"b\"\r\n\x01");
    EXPECT_EQ(read["\"odd\""], "\xef\xbf\xbd");
}

TEST(problem, refuses_a_name_that_is_taken_and_a_value_that_is_not_json)
{
    problem p(status::bad_request);
    p.with("a", 1);

    EXPECT_THROW(p.with("a", 2), std::invalid_argument);
    EXPECT_THROW(p.with("status", 200), std::invalid_argument);
    EXPECT_THROW(p.with("type", "x"), std::invalid_argument);
    EXPECT_THROW(p.with_json("b", ""), std::invalid_argument);
    EXPECT_THROW(p.with_json("b", "1,\"c\":2"), std::invalid_argument);
    EXPECT_EQ(json::parse(p.to_json()).size(), 3u);
}

} // namespace
} // namespace curfew
