#include <curfew/etag.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace curfew {
namespace {

TEST(etag, is_strong_and_the_same_for_the_same_bytes_everywhere)
{
    EXPECT_EQ(make_etag("hello"), "\"5-a430d84680aabd0b\"");
    EXPECT_EQ(make_etag(""), "\"0-cbf29ce484222325\"");
}

TEST(etag, differs_when_one_byte_differs)
{
    std::set<std::string> tags;
    for (int byte = 0; byte < 256; ++byte)
        tags.insert(make_etag(std::string("text") + static_cast<char>(byte)));

    EXPECT_EQ(tags.size(), 256u);
}

TEST(if_none_match, finds_a_tag_anywhere_in_a_list_and_ignores_weakness)
{
    EXPECT_TRUE(if_none_match_matches("\"a\"", "\"a\""));
    EXPECT_TRUE(if_none_match_matches("\"x\", W/\"a\" ,\"y\"", "\"a\""));
    EXPECT_TRUE(if_none_match_matches("\"a\"", "W/\"a\""));
    EXPECT_TRUE(if_none_match_matches(",, \"a\"", "\"a\""));
    EXPECT_TRUE(if_none_match_matches("*", "\"a\""));

    EXPECT_FALSE(if_none_match_matches("\"b\", \"c\"", "\"a\""));
    EXPECT_FALSE(if_none_match_matches("", "\"a\""));
}

TEST(if_none_match, does_not_split_a_tag_at_its_commas)
{
    EXPECT_TRUE(if_none_match_matches("\"a,b\"", "\"a,b\""));
    EXPECT_FALSE(if_none_match_matches("\"a,b\"", "\"b\""));
}

TEST(if_none_match, stops_where_the_list_is_malformed)
{
    for (const auto header : {"a", "a, \"b\"", "\"b", "w/\"b\"", "W/b", "'b'"})
        EXPECT_FALSE(if_none_match_matches(header, "\"b\"")) << header;
    EXPECT_FALSE(if_none_match_matches("", ""));
    EXPECT_FALSE(if_none_match_matches("x", "x"));
}

TEST(if_match, takes_strong_tags_only)
{
    EXPECT_TRUE(if_match_matches("\"x\", \"a\"", "\"a\""));
    EXPECT_TRUE(if_match_matches("*", "\"a\""));
    EXPECT_FALSE(if_match_matches("W/\"a\"", "\"a\""));
    EXPECT_FALSE(if_match_matches("\"a\"", "W/\"a\""));
}

} // namespace
} // namespace curfew
