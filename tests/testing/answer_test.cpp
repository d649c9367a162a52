#include <curfew/testing/answer.hpp>

#include <boost/system/system_error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace curfew;
using curfew::testing::parse_answer;

TEST(parse_answer, takes_one_answer_and_leaves_the_rest)
{
    const std::string first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";

    const auto found = parse_answer(first + "HTTP/1.1 404 Not Found\r\n");

    ASSERT_TRUE(found);
    EXPECT_EQ(found->size, first.size());
    EXPECT_EQ(found->answer.status, status::ok);
    EXPECT_EQ(found->answer.header("x-a"), "b");
    EXPECT_EQ(found->answer.body, "hello");
    EXPECT_TRUE(found->answer.complete);
}

TEST(parse_answer, waits_for_the_end_of_every_framing)
{
    EXPECT_FALSE(parse_answer(""));
    EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nContent-Le"));
    EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"));
    EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
    EXPECT_FALSE(parse_answer("HTTP/1.0 200 OK\r\n\r\nuntil the connection ends"));
}

TEST(parse_answer, puts_chunks_together)
{
    const auto found = parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

    ASSERT_TRUE(found);
    EXPECT_EQ(found->answer.body, "abcde");
}

TEST(parse_answer, tells_a_stream_that_was_broken_off_from_one_that_ended)
{
    const auto chunked = parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", method::get, true);
    const auto sized   = parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", method::get, true);
    const auto closed  = parse_answer("HTTP/1.0 200 OK\r\n\r\nall of it", method::get, true);

    ASSERT_TRUE(chunked && sized && closed);
    EXPECT_FALSE(chunked->answer.complete);
    EXPECT_EQ(chunked->answer.body, "abc");
    EXPECT_FALSE(sized->answer.complete);
    EXPECT_TRUE(closed->answer.complete);
    EXPECT_EQ(closed->answer.body, "all of it");
}

TEST(parse_answer, expects_no_body_where_there_is_none)
{
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", interim = "HTTP/1.1 100 Continue\r\n\r\n";

    const auto to_head  = parse_answer(head, method::head);
    const auto interim_ = parse_answer(interim + head);

    ASSERT_TRUE(to_head && interim_);
    EXPECT_TRUE(to_head->answer.complete);
    EXPECT_EQ(interim_->answer.status, status::continue_);
    EXPECT_EQ(interim_->size, interim.size());
}

TEST(parse_answer, refuses_what_is_not_http)
{
    EXPECT_THROW(parse_answer("SSH-2.0-OpenSSH_9.2\r\n"), boost::system::system_error);
}

}  // namespace
