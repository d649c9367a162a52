#include "upload_framing.hpp"

#include <gtest/gtest.h>

using curfew::detail::upload_framing;

TEST(upload_framing, makes_chunks_of_an_unknown_length)
{
    upload_framing framing(std::nullopt);

    EXPECT_EQ(framing.frame("hello"), "5\r\nhello\r\n");
    EXPECT_EQ(framing.frame(std::string(255, 'x')), "ff\r\n" + std::string(255, 'x') + "\r\n");
    EXPECT_EQ(framing.finish(), "0\r\n\r\n");
}

TEST(upload_framing, sends_a_known_length_as_it_is)
{
    upload_framing framing(7);

    EXPECT_EQ(framing.frame("hello"), "hello");
    EXPECT_EQ(framing.finish(), std::nullopt);
    EXPECT_EQ(framing.frame(", w"), std::nullopt);
    EXPECT_EQ(framing.frame("ab"), "ab");
    EXPECT_EQ(framing.finish(), "");
}
