#include <curfew/client_response.hpp>

#include "calling.hpp"

#include <array>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;

namespace {

/// What reading an answer failed with.
std::optional<client_error> failure_reading(std::string_view answer, bool ends = true, client_options options = {})
{
    calling c(std::move(options));
    auto    call = c.get(c.background());
    c.network[0].send(answer);
    if (ends && !call.finished()) c.network[0].finish();
    EXPECT_TRUE(call.finished()) << answer;
    EXPECT_TRUE(c.network[0].closed()) << answer;
    if (!call.finished()) c.network[0].reset();
    return failure_of(call);
}

}  // namespace

TEST(client_response, gives_status_and_fields)
{
    calling c;
    auto    call = c.get(c.background());

    c.network[0].send("HTTP/1.1 404 Not Found\r\nA: 1\r\nContent-Length: 0\r\nA: 2\r\n\r\n");

    EXPECT_EQ(call.value().code, 404u);
    EXPECT_EQ(call.value().headers.find_all("a"), (std::vector<std::string_view>{"1", "2"}));
}

TEST(client_response, gives_the_body_as_it_comes)
{
    calling                  c;
    std::vector<std::string> pieces;
    auto                     body = [&]() -> task<> {
        auto                 answer = co_await c.api->get(c.background(), "http://service/");
        std::array<char, 16> some;
        for (;;) {
            const auto size = co_await answer.read_some(c.background(), boost::asio::buffer(some));
            pieces.emplace_back(some.data(), size);
            if (size == 0) break;
        }
        EXPECT_EQ(co_await answer.read_some(c.background(), boost::asio::buffer(some)), 0u);
    };
    auto call = c.loop.start(body());
    c.network[0].send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_TRUE(pieces.empty());

    c.network[0].send("5\r\nhello\r\n");
    c.network[0].send("7\r\n, wo");
    EXPECT_FALSE(c.network[0].closed());
    c.network[0].send("rld\r\n0\r\nChecksum: 1\r\n\r\n");

    EXPECT_TRUE(call.finished());
    EXPECT_EQ(pieces, (std::vector<std::string>{"hello", ", wo", "rld", ""}));
}

TEST(client_response, has_trailers_at_the_end_of_the_body)
{
    calling c;
    auto    body = [&]() -> task<> {
        auto answer = co_await c.api->get(c.background(), "http://service/");
        co_await answer.read_all(c.background());
        EXPECT_EQ(answer.trailers().find("checksum"), "1");
        EXPECT_FALSE(answer.header("checksum"));
    };
    auto call = c.loop.start(body());
    c.network[0].send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nChecksum: 1\r\n\r\n");
    EXPECT_TRUE(call.finished());
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_response, mixes_reading_a_part_and_reading_the_rest)
{
    for (const bool at_once : {true, false}) {
        calling c;
        auto    body = [&]() -> task<> {
            auto                answer = co_await c.api->get(c.background(), "http://service/");
            std::array<char, 2> some;
            EXPECT_EQ(co_await answer.read_some(c.background(), boost::asio::buffer(some)), 2u);
            EXPECT_EQ(co_await answer.read_all(c.background()), "llo");
        };
        auto call = c.loop.start(body());
        constexpr auto head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel";
        if (at_once)
            c.network[0].hold_send(head);
        else
            c.network[0].send(head);
        if (at_once)
            c.network[0].hold_send("lo");
        else
            c.network[0].send("lo");
        c.loop.run_ready();
        EXPECT_TRUE(call.finished());
        EXPECT_EQ(call.exception(), nullptr);
    }
}

TEST(client_response, skips_interim_answers)
{
    calling c;
    auto    call = c.get(c.background());

    c.network[0].send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    c.network[0].send(ok_hello);

    EXPECT_EQ(call.value().code, 200u);
    EXPECT_FALSE(call.value().headers.contains("Link"));
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_response, fails_on_garbage)
{
    EXPECT_EQ(failure_reading("SSH-2.0-OpenSSH_9.2\r\n", false)->code(), client_errc::malformed_answer);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false)->code(),
              client_errc::malformed_answer);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", false)->code(),
              client_errc::malformed_answer);
}

TEST(client_response, says_what_was_wrong_with_whom)
{
    const auto failure = failure_reading("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", false);

    EXPECT_STREQ(failure->what(), "call http://service:80: read: malformed answer: bad Content-Length");
    EXPECT_EQ(failure->phase(), call_phase::read);
    EXPECT_EQ(failure->origin(), "http://service:80");
}

TEST(client_response, fails_when_it_is_cut_short)
{
    EXPECT_EQ(failure_reading("")->code(), client_errc::connection_closed);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nCont")->code(), client_errc::truncated);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")->code(), client_errc::truncated);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")->code(), client_errc::truncated);
}

TEST(client_response, fails_when_its_head_is_too_large)
{
    client_options options;
    options.limits.head_size = 1000;

    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nA: " + std::string(1000, 'a'), false, options)->code(), client_errc::head_too_large);
}

TEST(client_response, fails_when_its_body_is_larger_than_asked_for)
{
    client_options options;
    options.limits.body_size = 4;

    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhel", false, options)->code(), client_errc::body_too_large);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\n\r\nhello", false, options)->code(), client_errc::body_too_large);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\r\n", false, options)->code(),
              client_errc::body_too_large);
    EXPECT_EQ(failure_reading("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nhell", false, options), std::nullopt);
}

TEST(client_response, fails_again_when_it_is_read_after_a_failure)
{
    calling c;
    auto    body = [&]() -> task<> {
        auto     answer   = co_await c.api->get(c.background(), "http://service/");
        unsigned failures = 0;
        for (int i = 0; i != 2; ++i) {
            try {
                co_await answer.read_all(c.background());
            } catch (const client_error& error) {
                EXPECT_EQ(error.code(), client_errc::truncated);
                ++failures;
            }
        }
        EXPECT_EQ(failures, 2u);
    };
    auto call = c.loop.start(body());
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    c.network[0].finish();
    EXPECT_TRUE(call.finished());
}

TEST(client_response, may_outlive_its_client)
{
    calling         c;
    client_response kept;
    auto            body = [&]() -> task<> { kept = co_await c.api->get(c.background(), "http://service/"); };
    auto            call = c.loop.start(body());
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");

    c.api.reset();
    auto rest = c.loop.start(kept.read_all(c.background()));
    c.network[0].send("lo");

    EXPECT_EQ(rest.value(), "hello");
}
