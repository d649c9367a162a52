#include "body_encoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace curfew::detail {

namespace {

// RFC 9112 §7.1
TEST(body_encoder, frames_each_piece_as_a_chunk_and_ends_with_an_empty_one)
{
    buffer_pool pool;
    output_buffer out(pool);
    body_encoder encoder(body_framing::chunked);

    EXPECT_TRUE(encoder.append(out, "hello"));
    EXPECT_TRUE(encoder.append(out, ""));
    EXPECT_TRUE(encoder.append(out, std::string(26, 'x')));
    EXPECT_TRUE(encoder.finish(out));

    EXPECT_EQ(out.view(), "5\r\nhello\r\n1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
}

TEST(body_encoder, sends_exactly_what_the_head_announced)
{
    buffer_pool pool;
    output_buffer out(pool);
    body_encoder encoder(body_framing::content_length, 5);

    EXPECT_TRUE(encoder.append(out, "abc"));
    EXPECT_FALSE(encoder.finish(out));
    EXPECT_FALSE(encoder.append(out, "def"));
    EXPECT_TRUE(encoder.append(out, "de"));
    EXPECT_TRUE(encoder.finish(out));

    EXPECT_EQ(out.view(), "abcde");
}

TEST(body_encoder, adds_nothing_to_content_that_ends_with_the_connection)
{
    buffer_pool pool;
    output_buffer out(pool);
    body_encoder encoder(body_framing::until_close);

    EXPECT_TRUE(encoder.append(out, "abc"));
    EXPECT_TRUE(encoder.finish(out));

    EXPECT_EQ(out.view(), "abc");
}

TEST(body_encoder, swallows_content_that_must_not_be_sent)
{
    buffer_pool pool;
    output_buffer out(pool);
    body_encoder encoder(body_framing::none);

    EXPECT_TRUE(encoder.append(out, "abc"));
    EXPECT_TRUE(encoder.finish(out));

    EXPECT_TRUE(out.empty());
}

}  // namespace

}  // namespace curfew::detail
