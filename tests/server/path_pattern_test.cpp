#include "path_pattern.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace curfew::detail {
namespace {

using kind = pattern_segment::kind;

std::string error_of(std::string_view pattern)
{
    try {
        parse_path_pattern(pattern);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "accepted";
}

TEST(path_pattern, splits_into_literals_parameters_and_a_rest)
{
    const auto segments = parse_path_pattern("/notes/{id}/{path...}");

    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].what, kind::literal);
    EXPECT_EQ(segments[0].text, "notes");
    EXPECT_EQ(segments[1].what, kind::parameter);
    EXPECT_EQ(segments[1].text, "id");
    EXPECT_EQ(segments[2].what, kind::rest);
    EXPECT_EQ(segments[2].text, "path");
}

TEST(path_pattern, keeps_the_empty_segment_of_the_root_and_of_a_trailing_slash)
{
    EXPECT_EQ(parse_path_pattern("/").size(), 1u);
    EXPECT_EQ(parse_path_pattern("/notes").size(), 1u);
    EXPECT_EQ(parse_path_pattern("/notes/").size(), 2u);
}

TEST(path_pattern, decodes_its_literals)
{
    EXPECT_EQ(parse_path_pattern("/a%20b").front().text, "a b");
}

TEST(path_pattern, names_the_pattern_and_the_position_of_an_error)
{
    EXPECT_EQ(error_of("/notes/{id"), "path pattern '/notes/{id': '{' without '}' at position 7");
}

TEST(path_pattern, refuses_what_is_no_pattern)
{
    for (const auto* pattern : {"", "notes", "/a//b", "//", "/{id", "/{}", "/{...}", "/{1st}", "/{a-b}", "/{id}x", "/x{id}", "/id}",
                                "/{a}{b}", "/{rest...}/x", "/{rest...}/", "/{id}/{id}", "/{id}/{id...}", "/a?b", "/a#b", "/a b",
                                "/a\tb", "/%", "/%2", "/%zz", "/%00", "/.", "/a/../b", "/%2e%2E", "/{a/b}"})
        EXPECT_THROW(parse_path_pattern(pattern), std::invalid_argument) << pattern;
}

}  // namespace
}  // namespace curfew::detail
