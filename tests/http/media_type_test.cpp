#include <curfew/media_type.hpp>

#include <gtest/gtest.h>

namespace curfew {
namespace {

TEST(media_type, reads_type_subtype_and_parameters)
{
    const auto type = media_type::parse("Text/HTML; Charset=UTF-8;x=\"a \\\"b\\\"; c\"");
    ASSERT_TRUE(type);

    EXPECT_EQ(type->type(), "text");
    EXPECT_EQ(type->subtype(), "html");
    EXPECT_EQ(type->param("charset"), "UTF-8");
    EXPECT_EQ(type->param("CHARSET"), "UTF-8");
    EXPECT_EQ(type->param("x"), "a \"b\"; c");
    EXPECT_EQ(type->param("y"), std::nullopt);
}

TEST(media_type, takes_whitespace_around_semicolons_and_empty_parameters)
{
    const auto type = media_type::parse(" a/b \t; ;; c=d ; ");
    ASSERT_TRUE(type);

    EXPECT_EQ(type->param("c"), "d");
}

TEST(media_type, is_compared_without_case_and_parameters)
{
    const auto type = media_type::parse("text/plain; charset=utf-8");
    ASSERT_TRUE(type);

    EXPECT_TRUE(type->is("Text/Plain"));
    EXPECT_FALSE(type->is("text/html"));
    EXPECT_FALSE(type->is("text"));
}

TEST(media_type, is_json_by_name_or_suffix)
{
    EXPECT_TRUE(media_type::parse("application/json")->is_json());
    EXPECT_TRUE(media_type::parse("application/problem+JSON; charset=utf-8")->is_json());
    EXPECT_FALSE(media_type::parse("text/json5")->is_json());
    EXPECT_FALSE(media_type::parse("application/jsonx")->is_json());
}

TEST(media_type, refuses_what_is_malformed)
{
    for (const auto text : {"", "text", "text/", "/plain", "text/plain charset=utf-8", "a/b;c", "a/b;c=", "a/b;c=\"d",
                            "a/b;c=\"d\\", "a/b;c=\"d\"e", "a /b", "a/ b", "a/b,c/d", "a/b;c =d", "a/b;c= d", "a/b;c=\"\x01\""})
        EXPECT_FALSE(media_type::parse(text)) << text;
}

} // namespace
} // namespace curfew
