#include "answer_reader.hpp"

#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace curfew;
using curfew::detail::answer_reader;
using progress = answer_reader::progress;
using state    = answer_reader::piece::state;

namespace {

/// What an answer turns out to be when its bytes come in pieces of one size, and its body is taken in pieces of another.
struct reading {
    bool                       has_head = false;
    unsigned                   code     = 0;
    std::string                body;
    bool                       complete = false;
    bool                       keeps    = false;
    std::optional<client_errc> error;
    std::string                details;

    bool operator==(const reading&) const = default;
};

struct asked {
    curfew::method method  = method::get;
    bool           ended   = true;  ///< Nothing follows the bytes.
    std::size_t    pieces  = SIZE_MAX;
    std::size_t    takes   = 64;
    client_limits  limits  = {};
};

reading read(std::string_view bytes, asked how = {})
{
    answer_reader reader(how.limits, how.method);
    reading       result;
    auto          feed = [&] {
        if (bytes.empty()) {
            if (how.ended) reader.input_ended();
            return how.ended;
        }
        const auto room = reader.room();
        const auto size = std::min({room.size(), bytes.size(), how.pieces});
        std::copy_n(bytes.begin(), size, room.begin());
        bytes.remove_prefix(size);
        reader.received(size);
        return true;
    };
    const auto failed = [&] {
        result.error   = reader.error();
        result.details = reader.error_details();
        return result;
    };
    for (;;) {
        const auto head = reader.read_head();
        if (head == progress::ready) break;
        if (head == progress::failed) return failed();
        if (!feed()) return result;
    }
    result.has_head = true;
    result.code     = to_int(reader.status());
    std::string piece(how.takes, '\0');
    for (;;) {
        const auto got = reader.read_body(piece);
        result.body.append(piece, 0, got.size);
        if (got.what == state::failed) return failed();
        if (got.what == state::end) break;
        if (got.what == state::want_more && !feed()) return result;
    }
    result.complete = reader.done();
    result.keeps    = reader.keeps_connection() && bytes.empty();
    return result;
}

std::string chunked(std::string_view body)
{
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

}  // namespace

TEST(answer_reader, reads_head_and_body)
{
    const auto answer = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    EXPECT_EQ(answer.code, 200u);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_TRUE(answer.complete);
    EXPECT_TRUE(answer.keeps);
}

TEST(answer_reader, keeps_fields_in_order_and_trailers_apart)
{
    client_limits limits;
    answer_reader reader(limits, method::get);
    const auto    bytes = std::string_view("HTTP/1.1 200 OK\r\nB: 1\r\nA: 2\r\nB: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        "1\r\nx\r\n0\r\nChecksum: 7\r\nB: 4\r\n\r\n");
    std::copy(bytes.begin(), bytes.end(), reader.room().begin());
    reader.received(bytes.size());
    std::array<char, 8> body;

    ASSERT_EQ(reader.read_head(), progress::ready);
    EXPECT_EQ(reader.head().find_all("b"), (std::vector<std::string_view>{"1", "3"}));
    ASSERT_EQ(reader.read_body(body).what, state::data);

    EXPECT_TRUE(reader.done());
    EXPECT_EQ(reader.trailers().find("checksum"), "7");
    EXPECT_EQ(reader.head().find_all("b").size(), 2u);  // a trailer must not pass for a field of the head
}

TEST(answer_reader, gives_the_same_outcome_however_the_bytes_are_split)
{
    for (const std::string& bytes : {
             std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
             std::string("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
             std::string("HTTP/1.0 200 OK\r\n\r\nuntil the end"),
             chunked("5;a=b\r\nhello\r\n7\r\n, world\r\n0\r\nT: 1\r\n\r\n"),
             chunked("5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"),
             chunked("0\r\n\r\n"),
             chunked("000\r\n\r\n"),
             chunked("1\r\nT: 1\r\n\r\n"),
             chunked("5\r\nhelloX"),
             chunked("5\r\nhel"),
             chunked("zz\r\n"),
             std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
             std::string("HTTP/1.1 200 OK\r\nContent-Le"),
             std::string("HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
             std::string("HTTP/2 200\r\n\r\n"),
             std::string("SSH-2.0-OpenSSH_9.2\r\n"),
             std::string(),
         }) {
        const auto whole = read(bytes);
        for (const std::size_t pieces : {1u, 2u, 3u, 7u, 16u})
            for (const std::size_t takes : {1u, 2u, 5u, 100u})
                EXPECT_EQ(read(bytes, {.pieces = pieces, .takes = takes}), whole) << bytes << " by " << pieces << ", " << takes;
    }
}

TEST(answer_reader, takes_the_end_of_the_input_for_the_end_of_a_body_without_framing)
{
    const auto answer = read("HTTP/1.1 200 OK\r\n\r\nuntil the end");

    EXPECT_EQ(answer.body, "until the end");
    EXPECT_TRUE(answer.complete);
    EXPECT_FALSE(answer.keeps);
    EXPECT_FALSE(read("HTTP/1.1 200 OK\r\n\r\nuntil", {.ended = false}).complete);
}

TEST(answer_reader, knows_answers_without_a_body)
{
    EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {.method = method::head, .ended = false}).keeps);
    EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", {.method = method::head, .ended = false}).keeps);
    EXPECT_TRUE(read("HTTP/1.1 204 No Content\r\n\r\n", {.ended = false}).keeps);
    EXPECT_TRUE(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", {.ended = false}).keeps);
    EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {.ended = false}).keeps);
}

TEST(answer_reader, keeps_no_connection_behind_which_something_came)
{
    EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!").keeps);
    EXPECT_FALSE(read("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello").keeps);
}

TEST(answer_reader, keeps_connections_as_their_owner_says)
{
    const auto keeps = [](std::string_view version, std::string_view lines) {
        return read("HTTP/" + std::string(version) + " 200 OK\r\nContent-Length: 0\r\n" + std::string(lines) + "\r\n").keeps;
    };
    EXPECT_TRUE(keeps("1.1", ""));
    EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: x-a\r\nConnection: Close\r\n"));
    EXPECT_FALSE(keeps("1.0", ""));
    EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
    EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(answer_reader, refuses_a_framing_that_can_be_read_in_two_ways)
{
    for (const std::string_view lines : {
             "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
             "Content-Length: 5\r\nContent-Length: 6\r\n",
             "Content-Length: 5, 6\r\n",
             "Content-Length: +5\r\n",
             "Content-Length: 0x5\r\n",
             "Content-Length: \r\n",
             "Transfer-Encoding: gzip, chunked\r\n",
             "Transfer-Encoding: xchunked\r\n",
             "Transfer-Encoding: identity\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked;q=1\r\n",
         }) {
        const auto answer = read("HTTP/1.1 200 OK\r\n" + std::string(lines) + "\r\nhello");
        EXPECT_EQ(answer.error, client_errc::malformed_answer) << lines;
    }
    EXPECT_EQ(read("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").error, client_errc::malformed_answer);
}

TEST(answer_reader, refuses_what_is_not_http)
{
    for (const std::string_view bytes : {
             "SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
             "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 No\r\n\r\n", "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "HTTP/1.1 200 OK\r\n: c\r\n\r\n",
             "HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
         })
        EXPECT_EQ(read(bytes).error, client_errc::malformed_answer) << bytes;
}

TEST(answer_reader, refuses_garbage_without_waiting_for_a_line)
{
    EXPECT_EQ(read("\x16\x03", {.ended = false}).error, client_errc::malformed_answer);
    EXPECT_EQ(read("HTTP", {.ended = false}).error, std::nullopt);
}

TEST(answer_reader, limits_the_head)
{
    client_limits limits;
    limits.head_size   = 200;
    limits.field_count = 4;
    const std::string big(200, 'a');

    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nA: " + big, {.ended = false, .limits = limits}).error, client_errc::head_too_large);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n", {.limits = limits}).error,
              client_errc::head_too_large);
    EXPECT_TRUE(read("HTTP/1.1 204 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", {.limits = limits}).complete);
}

TEST(answer_reader, limits_interim_answers_together)
{
    client_limits limits;
    limits.head_size = 200;
    std::string many;
    for (int i = 0; i != 9; ++i) many += "HTTP/1.1 102 Processing\r\n\r\n";

    EXPECT_EQ(read(many, {.ended = false, .limits = limits}).error, client_errc::head_too_large);
}

TEST(answer_reader, limits_what_is_between_chunks)
{
    const std::string big(70'000, 'a');

    EXPECT_EQ(read(chunked("1;" + big), {.ended = false}).error, client_errc::head_too_large);
    EXPECT_EQ(read(chunked("0\r\nT: " + big), {.ended = false}).error, client_errc::head_too_large);
}

TEST(answer_reader, tells_an_answer_that_never_began_from_one_cut_short)
{
    EXPECT_EQ(read("").error, client_errc::connection_closed);
    EXPECT_EQ(read("HTTP/1.1 2").error, client_errc::truncated);
    EXPECT_EQ(read("HTTP/1.1 100 Continue\r\n\r\n").error, client_errc::truncated);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").error, client_errc::truncated);
    EXPECT_EQ(read(chunked("5\r\nhello\r\n")).error, client_errc::truncated);
}

TEST(answer_reader, reads_bodies_larger_than_its_buffer)
{
    const std::string body(1'000'000, 'x');

    const auto framed = read("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + body, {.takes = 100'000});
    EXPECT_EQ(framed.body, body);
    EXPECT_TRUE(framed.keeps);
    EXPECT_EQ(read(chunked("f4240\r\n" + body + "\r\n0\r\n\r\n"), {.takes = 100'000}).body, body);
}

TEST(answer_reader, gives_first_what_was_read_ahead)
{
    client_limits limits;
    answer_reader reader(limits, method::get);
    const auto    bytes = chunked("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n");
    std::copy(bytes.begin(), bytes.end(), reader.room().begin());
    reader.received(bytes.size());
    ASSERT_EQ(reader.read_head(), progress::ready);

    reader.read_ahead();

    EXPECT_TRUE(reader.done());
    std::array<char, 4> some;
    ASSERT_EQ(reader.read_body(some).size, 4u);
    EXPECT_EQ(std::string_view(some.data(), 4), "hell");
    EXPECT_EQ(reader.take_ahead(), "o, world");
    EXPECT_EQ(reader.read_body(some).what, state::end);
}
