#include "request_parser.hpp"

#include "parse_head.hpp"

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace curfew::detail {

namespace {

/// Every test runs twice: with the head in one piece, and one byte at a time in a buffer that moves.
class request_parser : public ::testing::TestWithParam<std::size_t>
{
protected:
    static parsed_head parse(std::string_view text, const head_limits& limits = {})
    {
        return parse_head(text, GetParam(), limits);
    }

    static parsed_head parse_fields(std::string_view lines, std::string_view version = "1.1")
    {
        return parse("POST /notes HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(lines) + "\r\n");
    }

    static parsed_head parse_line(std::string_view line) { return parse(std::string(line) + "\r\nHost: a\r\n\r\n"); }
};

INSTANTIATE_TEST_SUITE_P(, request_parser, ::testing::Values(all_at_once, 1), [](const auto& feeding) {
    return feeding.param == 1 ? "byte_by_byte" : "all_at_once";
});

void expect_refused(const parsed_head& parsed, const refusal& why, std::string_view text = {})
{
    EXPECT_EQ(parsed.result.state, parse_state::refused) << text;
    EXPECT_EQ(parsed.result.why.reason, why.reason) << text;
    EXPECT_EQ(parsed.result.why.status, why.status) << text;
}

TEST_P(request_parser, gives_method_target_version_and_fields_as_they_were_sent)
{
    const auto parsed = parse("GET /notes/7?full=1 HTTP/1.1\r\nHost: example.org:8080\r\nX-Thing: \t a  b \r\n\r\n");

    ASSERT_TRUE(parsed.accepted());
    EXPECT_EQ(parsed.head.method, method::get);
    EXPECT_EQ(parsed.head.version, 11u);
    EXPECT_EQ(parsed.head.target, "/notes/7?full=1");
    EXPECT_EQ(parsed.head.path, "/notes/7");
    EXPECT_EQ(parsed.head.query, "full=1");
    EXPECT_EQ(parsed.head.authority, "example.org:8080");
    ASSERT_EQ(parsed.head.fields.size(), 2u);
    EXPECT_EQ(parsed.head.fields[0].id, known_field::host);
    EXPECT_EQ(parsed.head.fields[1].name, "X-Thing");
    EXPECT_EQ(parsed.head.fields[1].value, "a  b");
    EXPECT_EQ(parsed.head.find("x-thing"), "a  b");
    EXPECT_EQ(parsed.head.find("absent"), std::nullopt);
}

TEST_P(request_parser, points_into_the_callers_bytes_and_table)
{
    const auto parsed = parse("GET /notes HTTP/1.1\r\nHost: a\r\n\r\n");

    EXPECT_EQ(parsed.head.target.data(), parsed.bytes.data() + 4);
    EXPECT_EQ(parsed.head.fields.data(), parsed.table.data());
}

TEST_P(request_parser, says_where_the_body_or_the_next_request_begins)
{
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    const auto parsed = parse(head + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

    ASSERT_TRUE(parsed.accepted());
    EXPECT_EQ(parsed.result.consumed, head.size());
}

TEST_P(request_parser, waits_while_the_empty_line_at_the_end_is_missing)
{
    EXPECT_TRUE(parse("").incomplete());
    EXPECT_TRUE(parse("G").incomplete());
    EXPECT_TRUE(parse("GET / HTTP/1.1\r\n").incomplete());
    EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: a\r\n\r").incomplete());
}

// RFC 9112 §2.2: at least one empty line received before the request line is ignored. Here: exactly one.
TEST_P(request_parser, skips_one_empty_line_before_the_request)
{
    const std::string request = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";

    const auto parsed = parse(request);

    ASSERT_TRUE(parsed.accepted());
    EXPECT_EQ(parsed.result.consumed, request.size());
    EXPECT_EQ(parsed.head.target, "/");
    expect_refused(parse("\r\n" + request), refusals::request_line);
}

// RFC 9112 §3: method SP request-target SP HTTP-version
TEST_P(request_parser, refuses_a_malformed_request_line)
{
    for (const auto line : {"GET", "GET /", "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ",
                            "GET\t/ HTTP/1.1", "G(T / HTTP/1.1", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/11",
                            "GET / http/1.1", "GET / HTTP/1.1x", "GET / HTTP/1.10", "GET / HTTP /1.1", "GET / FTP/1.1",
                            "GET / /HTTP/1.1", "GET /HTTP/1.1", "GET /HTTP/2.0", "GET / HTTP/a.1", "\x16\x03\x01"}) {
        const auto parsed = parse_line(line);
        EXPECT_EQ(parsed.result.state, parse_state::refused) << line;
        EXPECT_EQ(parsed.result.why.status, status::bad_request) << line;
    }
}

TEST_P(request_parser, refuses_a_byte_that_begins_no_method_without_waiting_for_a_line)
{
    expect_refused(parse("\x16"), refusals::request_line);
    expect_refused(parse("\n"), refusals::request_line);
    expect_refused(parse(" "), refusals::request_line);
}

TEST_P(request_parser, answers_an_unknown_method_with_501)
{
    expect_refused(parse_line("BREW /pot HTTP/1.1"), refusals::unknown_method);
    expect_refused(parse_line("get / HTTP/1.1"), refusals::unknown_method);  // RFC 9110 §9.1: methods are case-sensitive
}

// RFC 9110 §2.5: a higher minor version is processed as the highest one known.
TEST_P(request_parser, takes_a_later_minor_version_as_1_1)
{
    for (const auto line : {"GET /x HTTP/1.2", "GET /x HTTP/1.9"}) {
        const auto parsed = parse_line(line);
        ASSERT_TRUE(parsed.accepted()) << line;
        EXPECT_EQ(parsed.head.version, 11u);
        EXPECT_TRUE(parsed.head.keep_alive);
        EXPECT_EQ(parsed.head.target, "/x");
        EXPECT_EQ(parsed.head.fields.size(), 1u);
    }
    expect_refused(parse("GET / HTTP/1.2\r\n\r\n"), refusals::host_missing);
}

TEST_P(request_parser, answers_another_major_version_with_505)
{
    expect_refused(parse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), refusals::version);
    expect_refused(parse_line("GET / HTTP/0.9"), refusals::version);
    expect_refused(parse_line("GET / HTTP/3.1"), refusals::version);
}

// RFC 9112 §2.2: a bare LF as a line end, and a CR that ends no line, are not for a server that others stand in front of.
TEST_P(request_parser, refuses_line_ends_other_than_cr_lf)
{
    expect_refused(parse("GET / HTTP/1.1\nHost: a\r\n\r\n"), refusals::line_ending);
    expect_refused(parse("GET / HTTP/1.1\r\nHost: a\n\r\n"), refusals::line_ending);
    expect_refused(parse("GET / HTTP/1.1\r\nHost: a\r\n\n"), refusals::line_ending);
    expect_refused(parse_fields("X: a\rb\r\n"), refusals::line_ending);
    EXPECT_EQ(parse("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n").result.state, parse_state::refused);
    EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n").result.state, parse_state::refused);
    EXPECT_EQ(parse("GET /\rx HTTP/1.1\r\nHost: a\r\n\r\n").result.state, parse_state::refused);
}

// RFC 9112 §5.1: no white space between name and colon. RFC 9110 §5.5: no control characters in a value.
TEST_P(request_parser, refuses_a_malformed_field_line)
{
    using namespace std::string_view_literals;
    for (const auto line : {"Name : value"sv, "Name\t: value"sv, ": value"sv, "Name"sv, "Na me: value"sv,
                            "Na\xe4me: value"sv, "Name\0: value"sv, "Name: val\0ue"sv, "Name: val\x7fue"sv,
                            "Name: val\x01ue"sv, "Na(me: value"sv}) {
        expect_refused(parse_fields(std::string(line) + "\r\n"), refusals::field_line, line);
    }
}

TEST_P(request_parser, accepts_an_empty_value_and_bytes_above_ascii)
{
    const auto parsed = parse_fields("Empty:\r\nLatin: caf\xe9\r\nTab: a\tb\r\n");

    ASSERT_TRUE(parsed.accepted());
    EXPECT_EQ(parsed.head.find("Empty"), "");
    EXPECT_EQ(parsed.head.find("Latin"), "caf\xe9");
    EXPECT_EQ(parsed.head.find("Tab"), "a\tb");
}

// RFC 9112 §5.2: a server must reject obs-fold or replace it. A line behind the request line that begins so: §2.2.
TEST_P(request_parser, refuses_folded_fields)
{
    expect_refused(parse_fields("X: a\r\n b\r\n"), refusals::folded_field);
    expect_refused(parse_fields("X: a\r\n\tb\r\n"), refusals::folded_field);
    expect_refused(parse_fields("X: a\r\n \r\n"), refusals::folded_field);
    expect_refused(parse("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), refusals::folded_field);
}

// RFC 9112 §3.2
TEST_P(request_parser, wants_exactly_one_valid_host)
{
    expect_refused(parse("GET / HTTP/1.1\r\n\r\n"), refusals::host_missing);
    expect_refused(parse("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), refusals::host_repeated);
    expect_refused(parse("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"), refusals::host_repeated);
    expect_refused(parse("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), refusals::host);
    expect_refused(parse("GET / HTTP/1.0\r\nHost: a/b\r\n\r\n"), refusals::host);
    EXPECT_TRUE(parse("GET / HTTP/1.0\r\n\r\n").accepted());
    EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost:\r\n\r\n").accepted());
}

// RFC 9112 §3.2.2: the target's own authority wins, but a Host must be there all the same.
TEST_P(request_parser, prefers_the_authority_of_an_absolute_target)
{
    const auto parsed = parse("GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n");

    ASSERT_TRUE(parsed.accepted());
    EXPECT_EQ(parsed.head.authority, "b:81");
    EXPECT_EQ(parsed.head.path, "/x");
    EXPECT_EQ(parsed.head.query, "y");
    EXPECT_EQ(parsed.head.target, "http://b:81/x?y");
    expect_refused(parse("GET http://b/ HTTP/1.1\r\n\r\n"), refusals::host_missing);
}

TEST_P(request_parser, refuses_a_target_that_is_none)
{
    for (const auto target : {"index.html", "/a#frag", "/caf\xc3\xa9", "/\"", "/<x>", "*", "ftp://a/", "http://u@a/"}) {
        expect_refused(parse_line("GET " + std::string(target) + " HTTP/1.1"), refusals::target, target);
    }
    expect_refused(parse_line("CONNECT / HTTP/1.1"), refusals::target);
    EXPECT_TRUE(parse_line("OPTIONS * HTTP/1.1").accepted());
    EXPECT_TRUE(parse_line("CONNECT a:443 HTTP/1.1").accepted());
}

// RFC 9110 §8.6, RFC 9112 §6.3
TEST_P(request_parser, takes_one_content_length_of_digits_only)
{
    const auto parsed = parse_fields("Content-Length: 18446744073709551615\r\n");
    ASSERT_TRUE(parsed.accepted());
    EXPECT_EQ(parsed.head.content_length, 18446744073709551615u);
    EXPECT_FALSE(parsed.head.chunked);

    for (const auto value : {"", "+5", "-5", "5.0", "0x5", "5 5", "5, 5", "5,", "five", "18446744073709551616", "\"5\""}) {
        expect_refused(parse_fields("Content-Length: " + std::string(value) + "\r\n"), refusals::content_length, value);
    }
    expect_refused(parse_fields("Content-Length: 5\r\nContent-Length: 5\r\n"), refusals::content_length);
    expect_refused(parse_fields("Content-Length: 5\r\nContent-Length: 6\r\n"), refusals::content_length);
}

TEST_P(request_parser, has_no_body_without_a_length)
{
    EXPECT_FALSE(parse_fields("").head.has_body());
    EXPECT_FALSE(parse_fields("Content-Length: 0\r\n").head.has_body());
    EXPECT_TRUE(parse_fields("Content-Length: 1\r\n").head.has_body());
    EXPECT_TRUE(parse_fields("Transfer-Encoding: chunked\r\n").head.has_body());
}

// RFC 9112 §6.1, §6.3: every other reading of these is a way to smuggle a request.
TEST_P(request_parser, takes_chunked_as_the_only_transfer_encoding)
{
    const auto parsed = parse_fields("Transfer-Encoding: ChunKed \r\n");
    ASSERT_TRUE(parsed.accepted());
    EXPECT_TRUE(parsed.head.chunked);

    for (const auto value : {"", ",", "xchunked", "gzip", "identity", "chunked, gzip", "chunked, chunked", "chunked;q=1",
                             "chunked,", ",chunked", "\"chunked\"", "chunked\xa0", "chun\xad" "ked", "chunked chunked",
                             "[chunked]"}) {
        expect_refused(parse_fields("Transfer-Encoding: " + std::string(value) + "\r\n"), refusals::transfer_encoding, value);
    }
    for (const auto value : {"gzip, chunked", "identity,chunked", "gzip;q=1, deflate ,chunked"}) {
        expect_refused(parse_fields("Transfer-Encoding: " + std::string(value) + "\r\n"), refusals::unknown_coding, value);
    }
    expect_refused(parse_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), refusals::transfer_encoding);
    expect_refused(parse_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), refusals::transfer_encoding);
}

TEST_P(request_parser, refuses_transfer_encoding_beside_content_length_or_in_http_1_0)
{
    EXPECT_EQ(parse_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n").result.why.status, status::bad_request);
    EXPECT_EQ(parse_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n").result.why.status, status::bad_request);
    EXPECT_EQ(parse_fields("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n").result.why.status, status::bad_request);
    expect_refused(parse_fields("Transfer-Encoding: chunked\r\n", "1.0"), refusals::transfer_encoding);
}

// RFC 9112 §9.3
TEST_P(request_parser, keeps_the_connection_unless_a_connection_field_says_otherwise)
{
    EXPECT_TRUE(parse_fields("").head.keep_alive);
    EXPECT_FALSE(parse_fields("Connection: close\r\n").head.keep_alive);
    EXPECT_FALSE(parse_fields("Connection: x, CLOSE , y\r\n").head.keep_alive);
    EXPECT_FALSE(parse_fields("Connection: keep-alive\r\nConnection: close\r\n").head.keep_alive);
    EXPECT_FALSE(parse_fields("", "1.0").head.keep_alive);
    EXPECT_TRUE(parse_fields("Connection: x\r\nConnection: Keep-Alive\r\n", "1.0").head.keep_alive);
    EXPECT_FALSE(parse_fields("Connection: keep-alive, close\r\n", "1.0").head.keep_alive);
    EXPECT_TRUE(parse_fields("Connection: , ,\r\n").accepted());
    EXPECT_EQ(parse_fields("Connection: a b\r\n").result.why.status, status::bad_request);
}

// RFC 9110 §7.8
TEST_P(request_parser, sees_an_upgrade_only_if_connection_names_it_and_http_1_1_allows_it)
{
    EXPECT_TRUE(parse_fields("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n").head.upgrade);
    EXPECT_FALSE(parse_fields("Upgrade: websocket\r\n").head.upgrade);
    EXPECT_FALSE(parse_fields("Connection: upgrade\r\n").head.upgrade);
    EXPECT_FALSE(parse_fields("Connection: upgrade\r\nUpgrade: websocket\r\n", "1.0").head.upgrade);
}

// RFC 9110 §10.1.1
TEST_P(request_parser, knows_the_expectation_of_a_100_and_answers_any_other_with_417)
{
    EXPECT_TRUE(parse_fields("Content-Length: 5\r\nExpect: 100-Continue\r\n").head.expect_continue);
    EXPECT_FALSE(parse_fields("Expect: 100-continue\r\n").head.expect_continue);  // there is nothing to wait for
    EXPECT_FALSE(parse_fields("Content-Length: 5\r\nExpect: 100-continue\r\n", "1.0").head.expect_continue);
    expect_refused(parse_fields("Content-Length: 5\r\nExpect: 200-ok\r\n"), refusals::expectation);
    expect_refused(parse_fields("Expect: 100-continue\r\nExpect: more\r\n"), refusals::expectation);
    EXPECT_TRUE(parse_fields("Expect: 200-ok\r\n", "1.0").accepted());
}

TEST_P(request_parser, answers_too_long_a_target_with_414)
{
    CURFEW_PROVES("H3");
    const head_limits limits{.target = 100};
    const auto line = [](std::size_t length) {
        return "GET /" + std::string(length - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };

    EXPECT_TRUE(parse(line(100), limits).accepted());
    expect_refused(parse(line(101), limits), refusals::target_too_long);
    expect_refused(parse("GET /" + std::string(1000, 'a'), limits), refusals::target_too_long);  // without waiting for its end
}

TEST_P(request_parser, answers_too_large_a_head_with_431)
{
    CURFEW_PROVES("H3");
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100, 'x') + "\r\n\r\n";
    const auto size        = static_cast<std::uint32_t>(head.size());

    EXPECT_TRUE(parse(head, {.size = size}).accepted());
    expect_refused(parse(head, {.size = size - 1}), refusals::head_too_large);
    expect_refused(parse(head.substr(0, 100), {.size = 100}), refusals::head_too_large);  // without waiting for its end
    EXPECT_TRUE(parse("\r\n" + head, {.size = size}).accepted());
}

TEST_P(request_parser, answers_too_many_fields_with_431)
{
    CURFEW_PROVES("H3");
    EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: a\r\nB: b\r\nC: c\r\n\r\n", {.fields = 3}).accepted());
    expect_refused(parse("GET / HTTP/1.1\r\nHost: a\r\nB: b\r\nC: c\r\n\r\n", {.fields = 2}), refusals::too_many_fields);
    expect_refused(parse("GET / HTTP/1.1\r\nHost: a\r\nB: b\r\nC: c\r\n", {.fields = 2}), refusals::too_many_fields);
}

TEST(request_parser_reuse, parses_pipelined_heads_one_after_the_other)
{
    std::string bytes = "GET /1 HTTP/1.1\r\nHost: a\r\nX: x\r\n\r\nGET /2 HTTP/1.0\r\n\r\n";
    const head_limits limits;
    std::array<field_view, 8> table;
    request_head head;
    detail::request_parser parser(limits);

    const auto first = parser.parse(bytes, table, head);
    parser.reset();
    const auto second = parser.parse(std::span(bytes).subspan(first.consumed), table, head);

    ASSERT_EQ(second.state, parse_state::done);
    EXPECT_EQ(first.consumed + second.consumed, bytes.size());
    EXPECT_EQ(head.target, "/2");
    EXPECT_EQ(head.version, 10u);
    EXPECT_TRUE(head.fields.empty());
    EXPECT_TRUE(head.authority.empty());
}

TEST(request_parser_reuse, knows_whether_a_request_has_begun)
{
    std::string bytes = "\r\nG";
    const head_limits limits;
    std::array<field_view, 8> table;
    request_head head;
    detail::request_parser parser(limits);

    EXPECT_FALSE(parser.started());
    parser.parse(std::span(bytes).first(2), table, head);
    EXPECT_FALSE(parser.started());
    parser.parse(bytes, table, head);
    EXPECT_TRUE(parser.started());
}

}  // namespace

}  // namespace curfew::detail
