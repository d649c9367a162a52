#include "outgoing_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace curfew;
using namespace std::chrono_literals;
using curfew::detail::format_head;
using curfew::detail::format_timeout;
using curfew::detail::read_url;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

std::string head(const client_request& request, const curfew::detail::sending_terms& terms = {})
{
    return format_head(request, *read_url(request.url(), {}), terms);
}

}  // namespace

TEST(outgoing_head, says_method_target_and_host)
{
    EXPECT_EQ(head(client_request(method::get, "http://h:8080/a?b=c")), "GET /a?b=c HTTP/1.1\r\nHost: h:8080\r\n\r\n");
}

TEST(outgoing_head, frames_the_body)
{
    const auto bytes = [](method m) { return client_request(m, "http://h/").body("milk", "text/plain"); };
    const auto none  = [](context, body_writer&) -> task<void> { co_return; };

    EXPECT_THAT(head(bytes(method::post)), EndsWith("Content-Type: text/plain\r\nContent-Length: 4\r\n\r\n"));
    EXPECT_THAT(head(client_request(method::post, "http://h/")), EndsWith("Content-Length: 0\r\n\r\n"));
    EXPECT_THAT(head(client_request(method::delete_, "http://h/")), Not(HasSubstr("Content-Length")));
    EXPECT_THAT(head(client_request(method::put, "http://h/").stream(none, "text/plain")), HasSubstr("Transfer-Encoding: chunked"));
    EXPECT_THAT(head(client_request(method::put, "http://h/").stream(none, "text/plain", 7)), HasSubstr("Content-Length: 7"));
}

TEST(outgoing_head, leaves_out_fields_that_are_about_another_hop)
{
    auto request = client_request(method::get, "http://h/").header("Accept", "text/plain");
    for (const auto name : {"connection", "keep-alive", "host", "content-length", "transfer-encoding", "te", "upgrade",
                            "traceparent", "tracestate", "x-request-timeout-ms", "grpc-timeout"})
        request.headers().append(name, "1");
    const auto trace = trace_context::generate();

    const auto text = head(request, {&trace, deadline_header::request_timeout, 300ms});

    EXPECT_EQ(text, "GET / HTTP/1.1\r\nHost: h\r\nAccept: text/plain\r\ntraceparent: " + std::string(trace.traceparent().view()) +
                        "\r\nx-request-timeout-ms: 300\r\n\r\n");
}

TEST(outgoing_head, passes_on_trace_and_deadline_fields_that_the_client_does_not_send)
{
    const auto text =
        head(client_request(method::get, "http://h/").header("traceparent", "mine").header("x-request-timeout-ms", "7"));

    EXPECT_THAT(text, HasSubstr("traceparent: mine\r\n"));
    EXPECT_THAT(text, HasSubstr("x-request-timeout-ms: 7\r\n"));
}

TEST(outgoing_head, tells_the_timeout_in_each_dialect)
{
    EXPECT_EQ(format_timeout(deadline_header::request_timeout, 1999us), "1");
    EXPECT_EQ(format_timeout(deadline_header::envoy_expected_rq_timeout, 48h), "86400000");
    EXPECT_EQ(format_timeout(deadline_header::grpc_timeout, 1500us), "1500000n");
}

TEST(outgoing_head, does_not_tell_a_timeout_of_nothing)
{
    EXPECT_EQ(format_timeout(deadline_header::request_timeout, 999us), "");
    EXPECT_EQ(format_timeout(deadline_header::grpc_timeout, 0ns), "");
    EXPECT_EQ(format_timeout(deadline_header::grpc_timeout, 999us), "999000n");
}
