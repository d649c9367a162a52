#include "answer_writer.hpp"

#include <curfew/fields.hpp>
#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace curfew::detail {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view a_date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

answer_head head_of(status s)
{
    answer_head head;
    head.status = s;
    head.date   = a_date;
    return head;
}

std::string written(const answer_head& head, std::string_view content)
{
    buffer_pool pool;
    output_buffer out(pool);
    write_answer(out, head, content);
    return std::string(out.view());
}

std::string written_head(const answer_head& head, std::optional<std::uint64_t> length, body_framing expected)
{
    buffer_pool pool;
    output_buffer out(pool);
    EXPECT_EQ(write_stream_head(out, head, length), expected);
    return std::string(out.view());
}

TEST(write_answer, writes_status_line_fields_and_content)
{
    auto head         = head_of(status::ok);
    head.content_type = "text/plain";
    const fields more{{"X-One", "1"}, {"Set-Cookie", "a=b"}};
    head.fields = &more;

    EXPECT_EQ(written(head, "hello, world\n"),
              "HTTP/1.1 200 OK\r\n"
              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "Content-Type: text/plain\r\n"
              "X-One: 1\r\n"
              "Set-Cookie: a=b\r\n"
              "Content-Length: 13\r\n"
              "\r\n"
              "hello, world\n");
}

TEST(write_answer, names_every_status_and_invents_no_reason)
{
    EXPECT_THAT(written(head_of(status::not_found), ""), ::testing::StartsWith("HTTP/1.1 404 Not Found\r\n"));
    EXPECT_THAT(written(head_of(static_cast<status>(299)), ""), ::testing::StartsWith("HTTP/1.1 299 \r\n"));
}

TEST(write_answer, says_that_the_content_is_empty)
{
    EXPECT_THAT(written(head_of(status::ok), ""), ::testing::EndsWith("Content-Length: 0\r\n\r\n"));
}

// RFC 9110 §9.3.2: the same fields as for GET, and no content.
TEST(write_answer, answers_head_with_the_length_that_get_would_have_had)
{
    auto head    = head_of(status::ok);
    head.to_head = true;

    EXPECT_THAT(written(head, "hello"), ::testing::EndsWith("Content-Length: 5\r\n\r\n"));
}

// RFC 9110 §8.6, §15.3.5, §15.4.5
TEST(write_answer, sends_neither_content_nor_length_with_a_status_that_has_none)
{
    for (const auto s : {status::switching_protocols, status::no_content, status::not_modified}) {
        auto head         = head_of(s);
        head.content_type = "text/plain";

        const std::string answer = written(head, "content");

        EXPECT_THAT(answer, Not(HasSubstr("Content-"))) << to_int(s);
        EXPECT_THAT(answer, ::testing::EndsWith("GMT\r\n\r\n")) << to_int(s);
    }
}

// RFC 9112 §9.3, §9.6
TEST(write_answer, says_what_becomes_of_the_connection_where_the_version_does_not)
{
    auto head = head_of(status::ok);
    EXPECT_THAT(written(head, ""), Not(HasSubstr("Connection")));
    head.version = 10;
    EXPECT_THAT(written(head, ""), HasSubstr("\r\nConnection: keep-alive\r\n"));
    head.close = true;
    EXPECT_THAT(written(head, ""), HasSubstr("\r\nConnection: close\r\n"));
    head.version = 11;
    EXPECT_THAT(written(head, ""), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(write_answer, drops_fields_that_would_contradict_the_framing)
{
    auto head = head_of(status::ok);
    const fields more{{"content-length", "7"}, {"Transfer-Encoding", "gzip"}, {"Connection", "close"},
                      {"Keep-Alive", "1"},     {"DATE", "now"},               {"X", "y"}};
    head.fields = &more;

    EXPECT_EQ(written(head, "a"), "HTTP/1.1 200 OK\r\n" + std::string(a_date) + "X: y\r\nContent-Length: 1\r\n\r\na");
}

// RFC 9110 §7.8
TEST(write_answer, lets_a_101_name_its_protocol)
{
    auto head = head_of(status::switching_protocols);
    const fields more{{"Connection", "Upgrade"}, {"Upgrade", "websocket"}};
    head.fields = &more;

    EXPECT_EQ(written(head, ""),
              "HTTP/1.1 101 Switching Protocols\r\n" + std::string(a_date) + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(write_answer, appends_pipelined_answers_to_one_buffer)
{
    buffer_pool pool;
    output_buffer out(pool);
    write_answer(out, head_of(status::ok), "one");
    const std::size_t first = out.size();
    write_answer(out, head_of(status::ok), std::string(100'000, 'x'));

    EXPECT_THAT(std::string(out.view().substr(0, first)), ::testing::EndsWith("\r\n\r\none"));
    EXPECT_THAT(std::string(out.view().substr(first)), ::testing::StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(std::string(out.view()), ::testing::EndsWith("Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x')));
}

// RFC 9112 §6.1, §6.3
TEST(write_stream_head, chooses_the_framing_that_the_client_understands)
{
    auto head = head_of(status::ok);
    EXPECT_THAT(written_head(head, 7, body_framing::content_length), ::testing::EndsWith("\r\nContent-Length: 7\r\n\r\n"));
    EXPECT_THAT(written_head(head, {}, body_framing::chunked), ::testing::EndsWith("\r\nTransfer-Encoding: chunked\r\n\r\n"));
    head.version = 10;
    EXPECT_THAT(written_head(head, 7, body_framing::content_length), HasSubstr("\r\nConnection: keep-alive\r\n"));
    const std::string old = written_head(head, {}, body_framing::until_close);
    EXPECT_THAT(old, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(old, Not(HasSubstr("chunked")));
    EXPECT_THAT(written_head(head_of(status::no_content), {}, body_framing::none), Not(HasSubstr("Transfer-Encoding")));
}

TEST(write_stream_head, answers_head_as_get_but_lets_no_content_follow)
{
    auto head    = head_of(status::ok);
    head.to_head = true;

    EXPECT_THAT(written_head(head, {}, body_framing::none), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(written_head(head, 7, body_framing::none), HasSubstr("\r\nContent-Length: 7\r\n"));
}

// RFC 9110 §15.2
TEST(write_interim, writes_a_head_and_nothing_else)
{
    buffer_pool pool;
    output_buffer out(pool);

    write_interim(out, status::continue_);
    write_interim(out, status::processing);

    EXPECT_EQ(out.view(), "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
}

TEST(write_refusal, explains_itself_and_closes)
{
    CURFEW_PROVES("H3");
    buffer_pool pool;
    output_buffer out(pool);

    write_refusal(out, refusals::head_too_slow, a_date);

    EXPECT_EQ(out.view(), "HTTP/1.1 408 Request Timeout\r\n" + std::string(a_date) +
                              "Connection: close\r\n"
                              "Content-Type: application/problem+json\r\n"
                              "Content-Length: 86\r\n"
                              "\r\n"
                              R"({"status":408,"title":"Request Timeout","detail":"request head not received in time"})"
                              "\n");
}

}  // namespace

}  // namespace curfew::detail
