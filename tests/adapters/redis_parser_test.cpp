#include "command_format.hpp"
#include "reply_parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace curfew::redis::detail {
namespace {

TEST(redis_parser, cuts_bytes_into_replies_wherever_they_are_split)
{
    const std::string bytes = "+OK\r\n-ERR no\r\n:42\r\n$5\r\na\r\nbc\r\n$-1\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n";
    reply_parser      parser(1000);
    std::vector<reply> all;

    for (const char each : bytes) {
        parser.feed(std::string_view(&each, 1));
        while (auto one = parser.next()) all.push_back(std::move(*one));
    }

    ASSERT_EQ(all.size(), 6u);
    EXPECT_EQ(all[0], reply::text(reply_type::status, "OK"));
    EXPECT_EQ(all[1], reply::text(reply_type::error, "ERR no"));
    EXPECT_EQ(all[2], reply::integer(42));
    EXPECT_EQ(all[3], reply::text(reply_type::string, "a\r\nbc"));
    EXPECT_TRUE(all[4].is_nil());
    EXPECT_EQ(all[5], reply::array({reply::integer(1), reply::array({reply::text(reply_type::string, "")})}));
    EXPECT_EQ(parser.error(), "");
}

TEST(redis_parser, says_what_is_no_reply)
{
    reply_parser parser(1000);
    parser.feed("HTTP/1.1 400 Bad Request\r\n");

    EXPECT_FALSE(parser.next());

    EXPECT_NE(parser.error(), "");
    parser.feed("+OK\r\n");
    EXPECT_FALSE(parser.next());
}

TEST(redis_parser, bounds_a_reply_and_not_what_comes_behind_it)
{
    reply_parser parser(100);
    std::string  many;
    for (int i = 0; i < 100; ++i) many += "+OK\r\n";
    parser.feed(many);
    int count = 0;
    while (parser.next()) ++count;
    EXPECT_EQ(count, 100);

    parser.feed("$1000\r\n" + std::string(200, 'x'));

    EXPECT_FALSE(parser.next());
    EXPECT_NE(parser.error(), "");
}

TEST(redis_command, is_written_as_the_server_reads_it)
{
    std::string bytes;

    append_command(bytes, {"SET", "key", "a\r\nb", ""});

    EXPECT_EQ(bytes, "*4\r\n$3\r\nSET\r\n$3\r\nkey\r\n$4\r\na\r\nb\r\n$0\r\n\r\n");
}

TEST(redis_command, is_known_to_block_or_to_change_its_connection)
{
    EXPECT_EQ(kind_of({"GET", "blpop"}), command_kind::plain);
    EXPECT_EQ(kind_of({"blpop", "list", "0"}), command_kind::blocking);
    EXPECT_EQ(kind_of({"XREAD", "COUNT", "1", "block", "0", "STREAMS", "s", "$"}), command_kind::blocking);
    EXPECT_EQ(kind_of({"XREAD", "STREAMS", "s", "0"}), command_kind::plain);
    EXPECT_EQ(kind_of({"Multi"}), command_kind::unshared);
    EXPECT_EQ(kind_of({"CLIENT", "REPLY", "OFF"}), command_kind::unshared);
    EXPECT_EQ(kind_of({"CLIENT", "LIST"}), command_kind::plain);
}

}  // namespace
}  // namespace curfew::redis::detail
