#include "body_decoder.hpp"

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace curfew::detail {

namespace {

struct decoded
{
    std::string content;
    std::string_view rest;
    bool done = false;
    std::optional<refusal> refused;
};

decoded decode(const request_head& head, std::string_view bytes, std::size_t step, const body_limits& limits)
{
    decoded result;
    body_decoder decoder(head, limits);
    while (!decoder.done() && !result.refused && !bytes.empty()) {
        std::string_view arrived = bytes.substr(0, step);
        while (!decoder.done() && !result.refused && !arrived.empty()) {
            const body_piece piece = decoder.next(arrived);
            result.content += piece.data;
            result.refused = piece.refused;
            arrived.remove_prefix(piece.used);
            bytes.remove_prefix(piece.used);
        }
    }
    result.done = decoder.done();
    result.rest = bytes;
    return result;
}

/// Every test runs three times: with the bytes at once, one by one, and in pieces that fit nothing.
class body_decoder_test : public ::testing::TestWithParam<std::size_t>
{
protected:
    static decoded decode_chunked(std::string_view bytes, const body_limits& limits = {})
    {
        request_head head;
        head.chunked = true;
        return decode(head, bytes, GetParam(), limits);
    }

    static decoded decode_sized(std::uint64_t length, std::string_view bytes, const body_limits& limits = {})
    {
        request_head head;
        head.content_length = length;
        return decode(head, bytes, GetParam(), limits);
    }
};

INSTANTIATE_TEST_SUITE_P(, body_decoder_test, ::testing::Values(std::string_view::npos, 1, 7), [](const auto& step) {
    return step.param == 1 ? "byte_by_byte" : step.param == 7 ? "by_sevens" : "all_at_once";
});

void expect_refused(const decoded& result, const refusal& why, std::string_view text = {})
{
    EXPECT_FALSE(result.done) << text;
    ASSERT_TRUE(result.refused) << text;
    EXPECT_EQ(result.refused->reason, why.reason) << text;
    EXPECT_EQ(result.refused->status, why.status) << text;
}

// RFC 9112 §6.2
TEST_P(body_decoder_test, takes_as_many_bytes_as_content_length_says)
{
    const auto result = decode_sized(10, "0123456789GET / HTTP/1.1");

    EXPECT_TRUE(result.done);
    EXPECT_EQ(result.content, "0123456789");
    EXPECT_EQ(result.rest, "GET / HTTP/1.1");
}

TEST_P(body_decoder_test, waits_for_the_rest_of_the_content)
{
    const auto result = decode_sized(10, "012345678");

    EXPECT_FALSE(result.done);
    EXPECT_FALSE(result.refused);
    EXPECT_EQ(result.content, "012345678");
}

TEST(body_decoder, is_done_at_once_without_a_body)
{
    request_head head;
    EXPECT_TRUE(body_decoder(head, {}).done());
    head.content_length = 0;
    EXPECT_TRUE(body_decoder(head, {}).done());
}

TEST(body_decoder, hands_out_views_into_the_bytes_it_was_given)
{
    request_head head;
    head.chunked                 = true;
    const std::string_view bytes = "5\r\nhello\r\n0\r\n\r\n";
    body_decoder decoder(head, {});

    const body_piece piece = decoder.next(bytes);

    EXPECT_EQ(piece.data, "hello");
    EXPECT_EQ(piece.data.data(), bytes.data() + 3);
    EXPECT_EQ(piece.used, 8u);
}

// RFC 9112 §7.1
TEST_P(body_decoder_test, joins_chunks)
{
    const auto result = decode_chunked("5\r\nhello\r\nb\r\n, dear\r\nyou\r\n0D\r\n1234567890abc\r\n000\r\n\r\nGET /");

    EXPECT_TRUE(result.done);
    EXPECT_EQ(result.content, "hello, dear\r\nyou1234567890abc");
    EXPECT_EQ(result.rest, "GET /");
}

TEST_P(body_decoder_test, waits_for_the_empty_line_behind_the_last_chunk)
{
    for (const auto bytes : {"", "0", "0\r", "0\r\n", "0\r\n\r", "5\r\nhello", "5\r\nhello\r\n", "0\r\nA: b\r\n"}) {
        const auto result = decode_chunked(bytes);
        EXPECT_FALSE(result.done) << bytes;
        EXPECT_FALSE(result.refused) << bytes;
    }
}

// RFC 9112 §7.1.1: extensions that are not understood are ignored.
TEST_P(body_decoder_test, ignores_chunk_extensions)
{
    const auto result = decode_chunked("5;a\r\nhello\r\n5 ;\tb=\"c;d\" ; e=\xff\r\nthere\r\n0;last\r\n\r\n");

    EXPECT_TRUE(result.done);
    EXPECT_EQ(result.content, "hellothere");
}

// RFC 9110 §6.5.1: trailers are not merged into the head; here they are dropped.
TEST_P(body_decoder_test, drops_trailers)
{
    const auto result = decode_chunked("1\r\nx\r\n0\r\nHost: evil\r\nContent-Length: 5\r\nEmpty:\r\n\r\nGET /");

    EXPECT_TRUE(result.done);
    EXPECT_EQ(result.content, "x");
    EXPECT_EQ(result.rest, "GET /");
}

TEST_P(body_decoder_test, refuses_a_malformed_chunk)
{
    for (const auto bytes : {"\r\n", ";a\r\n", "g\r\n", "-1\r\n", "+1\r\n", " 1\r\n", "0x1\r\n", "1 \r\n", "1\t\r\n",
                             "1 x\r\n", "1\n", "1\rx", "1;a\n", "1;a\rb", "1;a\x01\r\n", "1;\x7f\r\n", "1\r\nxx",
                             "1\r\nx\n", "1\r\nx\rx", "1\r\nx0\r\n", "1\r\nx\r\n\r\n", "11111111111111111\r\n",
                             "00000000000000001\r\n", "1,1\r\n", "0\n\n", "1_0\r\n"}) {
        expect_refused(decode_chunked(bytes), refusals::chunk, bytes);
    }
}

TEST_P(body_decoder_test, refuses_a_malformed_trailer)
{
    using namespace std::string_view_literals;
    for (const auto lines : {": a\r\n"sv, "a\r\n"sv, "a : b\r\n"sv, " a: b\r\n"sv, "a: b\r\n c\r\n"sv, "a: b\n"sv,
                             "a: b\rc"sv, "a: \0\r\n"sv, "a: \x7f\r\n"sv, "\n"sv, "\rx"sv, "a b: c\r\n"sv}) {
        expect_refused(decode_chunked("0\r\n" + std::string(lines)), refusals::trailer, lines);
    }
}

TEST_P(body_decoder_test, answers_more_content_than_the_limit_with_413)
{
    CURFEW_PROVES("H3");
    EXPECT_TRUE(decode_sized(5, "hello", {.size = 5}).done);
    expect_refused(decode_sized(6, "h", {.size = 5}), refusals::body_too_large);
    EXPECT_TRUE(decode_chunked("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", {.size = 5}).done);
    expect_refused(decode_chunked("3\r\nhel\r\n3\r\n", {.size = 5}), refusals::body_too_large);  // before the bytes come
    expect_refused(decode_chunked("ffffffffffffffff\r\n", {.size = 5}), refusals::body_too_large);
    // Here the sum overflows.
    expect_refused(decode_chunked("1\r\nh\r\nffffffffffffffff\r\n", {.size = 5}), refusals::body_too_large);
}

TEST(body_decoder, refuses_an_announced_size_before_any_of_it_has_come)
{
    request_head head;
    head.content_length = 6;

    EXPECT_EQ(body_decoder(head, {.size = 5}).next({}).refused, refusals::body_too_large);
}

TEST(body_decoder, applies_a_new_limit_to_what_has_been_announced)
{
    request_head head;
    head.content_length = 6;
    body_decoder decoder(head, {.size = 5});

    decoder.limit_size(6);
    EXPECT_EQ(decoder.next("abc").data, "abc");
    decoder.limit_size(4);
    EXPECT_EQ(decoder.next("def").refused, refusals::body_too_large);
}

TEST_P(body_decoder_test, limits_chunk_extensions_over_the_whole_body)
{
    const std::string chunk = "1;abcd\r\nx\r\n";  // five bytes of extension
    EXPECT_TRUE(decode_chunked(chunk + chunk + "0\r\n\r\n", {.chunk_extensions = 10}).done);
    expect_refused(decode_chunked(chunk + chunk + "0 ;\r\n\r\n", {.chunk_extensions = 10}),
                   refusals::chunk_extensions_too_large);
    expect_refused(decode_chunked("1" + std::string(11, ' '), {.chunk_extensions = 10}), refusals::chunk_extensions_too_large);
}

TEST_P(body_decoder_test, limits_trailers)
{
    const std::string trailer = "abc: def\r\n";
    EXPECT_TRUE(decode_chunked("0\r\n" + trailer + trailer + "\r\n", {.trailers = 20, .trailer_fields = 2}).done);
    expect_refused(decode_chunked("0\r\n" + trailer + trailer, {.trailers = 19}), refusals::trailers_too_large);
    expect_refused(decode_chunked("0\r\n" + trailer + trailer, {.trailer_fields = 1}), refusals::trailers_too_large);
}

// Beast 345 throws on this from inside its composed read.
TEST_P(body_decoder_test, survives_a_trailer_of_a_megabyte)
{
    expect_refused(decode_chunked("0\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n"), refusals::trailers_too_large);
}

}  // namespace

}  // namespace curfew::detail
