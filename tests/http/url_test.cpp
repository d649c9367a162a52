#include <curfew/url.hpp>

#include <gtest/gtest.h>

#include <string>

namespace curfew {
namespace {

std::string all_bytes()
{
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte)
        bytes += static_cast<char>(byte);
    return bytes;
}

TEST(percent_encode, leaves_only_unreserved_characters_as_they_are)
{
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode("a b/c?d&e=f+\xc3\xa9"), "a%20b%2Fc%3Fd%26e%3Df%2B%C3%A9");
    EXPECT_EQ(percent_encode(""), "");
}

TEST(percent_decode, reads_back_what_was_encoded)
{
    EXPECT_EQ(percent_decode(percent_encode(all_bytes())), all_bytes());
}

TEST(percent_decode, takes_hex_digits_of_both_cases_and_leaves_plus)
{
    EXPECT_EQ(percent_decode("%2f%2F+"), "//+");
    EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
    EXPECT_EQ(percent_decode(""), "");
}

TEST(percent_decode, refuses_a_percent_sign_without_two_digits)
{
    for (const auto text : {"%", "%2", "a%", "%zz", "%2g", "%%41", "%-1", "% 1"})
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(split_target, separates_path_and_query_at_the_first_question_mark)
{
    const auto both = split_target("/notes/7?full=1&q=a?b");
    ASSERT_TRUE(both);
    EXPECT_EQ(both->path, "/notes/7");
    EXPECT_EQ(both->query, "full=1&q=a?b");

    const auto path_only = split_target("/");
    ASSERT_TRUE(path_only);
    EXPECT_EQ(path_only->path, "/");
    EXPECT_EQ(path_only->query, "");

    EXPECT_EQ(split_target("/?")->query, "");
}

TEST(split_target, refuses_what_is_not_in_origin_form)
{
    for (const auto text :
         {"",     "index.html", "*",      "?q", "http://host/", "//\r\n", "/a#frag", "/a?b#frag",   "/a b", "/%", "/%2",
          "/%zz", "/\xc3\xa4",  "/a\x7f", "/<", "/\"",          "/a?<",   "/a?\"",   "/a?\xc3\xa4", "/\\",  "/{}"})
        EXPECT_FALSE(split_target(text)) << text;
}

TEST(split_target, takes_what_browsers_send_beyond_the_grammar)
{
    for (const auto text : {"/a|b[0]", "/a?b[0]={1}|2", "/a?q=100%", "/a?q=`^\\"})
        EXPECT_TRUE(split_target(text)) << text;
}

TEST(split_target, refuses_control_characters_space_and_high_bytes_everywhere)
{
    for (int byte = 0; byte < 256; ++byte) {
        if (byte > ' ' && byte < 0x7f)
            continue;
        EXPECT_FALSE(split_target(std::string("/a") + static_cast<char>(byte))) << byte;
        EXPECT_FALSE(split_target(std::string("/a?") + static_cast<char>(byte))) << byte;
    }
}

} // namespace
} // namespace curfew
