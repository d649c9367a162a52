#include "outgoing_head.hpp"

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace curfew::detail {

namespace {

constexpr std::array<std::string_view, 10> of_the_connection = {
    "Connection", "Keep-Alive", "Proxy-Connection",  "TE",     "Trailer",
    "Upgrade",    "Expect",     "Transfer-Encoding", "Host",   "Content-Length",
};
constexpr std::array<deadline_header, 3> deadline_headers = {
    deadline_header::grpc_timeout, deadline_header::envoy_expected_rq_timeout, deadline_header::request_timeout};

bool is_named(std::string_view name, const auto& names)
{
    return std::ranges::any_of(names, [&](std::string_view each) { return iequals(name, each); });
}

bool is_ours(std::string_view name, const sending_terms& terms)
{
    if (is_named(name, of_the_connection)) return true;
    if (terms.trace && is_named(name, std::array<std::string_view, 2>{"traceparent", "tracestate"})) return true;
    return terms.header &&
           std::ranges::any_of(deadline_headers, [&](deadline_header each) { return iequals(name, to_string(each)); });
}

void append_field(std::string& head, std::string_view name, std::string_view value)
{
    head.append(name).append(": ").append(value).append("\r\n");
}

// What a request without a body says depends on whether its method usually has one: RFC 9110 §8.6.
bool expects_body(method m)
{
    return m == method::post || m == method::put || m == method::patch;
}

}  // namespace

std::string format_timeout(deadline_header header, std::chrono::nanoseconds timeout)
{
    using namespace std::chrono_literals;
    if (header == deadline_header::grpc_timeout)
        return timeout <= 0ns ? std::string() : std::string(format_grpc_timeout(timeout).view());
    return timeout < 1ms ? std::string() : std::string(format_timeout_ms(timeout).view());
}

std::string format_head(const client_request& request, const call_target& to, const sending_terms& terms)
{
    std::string head;
    head.reserve(256 + to.target.size() + request.headers().wire().size());
    head.append(to_string(request.method())).append(" ").append(to.target).append(" HTTP/1.1\r\n");
    append_field(head, "Host", to.origin.host_field());
    for (const auto [name, value] : request.headers())
        if (!is_ours(name, terms)) append_field(head, name, value);

    if (request.is_streamed() && !request.announced_length())
        append_field(head, "Transfer-Encoding", "chunked");
    else if (request.is_streamed())
        append_field(head, "Content-Length", std::to_string(*request.announced_length()));
    else if (request.has_body() || expects_body(request.method()))
        append_field(head, "Content-Length", std::to_string(request.body().size()));

    if (terms.trace) {
        append_field(head, "traceparent", terms.trace->traceparent().view());
        if (!terms.trace->tracestate().empty()) append_field(head, "tracestate", terms.trace->tracestate());
    }
    if (terms.header && terms.timeout) append_field(head, to_string(*terms.header), format_timeout(*terms.header, *terms.timeout));
    head.append("\r\n");
    return head;
}

}  // namespace curfew::detail
