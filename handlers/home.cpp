#include "home.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace demo {
namespace {

struct curl_line {
    std::string_view options;
    std::string_view target;
    std::string_view shows;
};

constexpr std::array<curl_line, 12> lines{{
    {"-i ", "/hello/ada", "trace, request ID and timing in the answer"},
    {"-m 0.5 ", "/slow?ms=10000", "the client gives up; the log says what ended, why and how fast"},
    {"-i -H 'x-request-timeout-ms: 300' ", "/slow?ms=10000", "504 after 0.3 s, by the budget of the client"},
    {"-s -H 'x-request-timeout-ms: 500' ", "/chain/3", "three hops, one trace, a budget that shrinks"},
    {"-s ", "/fanout/5?fail=3", "five calls at once; one fails, and the others end"},
    {"-i -H 'content-type: application/json' -d '{\"qty\":\"x\"}' ", "/orders", "422, with every field that is wrong"},
    {"-i -X PUT ", "/hello/ada", "405, with Allow"},
    {"-s -m 0.3 ", "/detach", "the client leaves, the work goes on"},
    {"-s ", "/detach/last", "and this is what became of it"},
    {"-N -m 5 ", "/stream", "events, until the client leaves"},
    {"-m 1 ", "/cpu", "a computation on a thread of its own, stopped"},
    {"-s -o /dev/null ", "/big?mb=64", "a large answer, produced while it is sent"},
}};

}  // namespace

std::string curl_lines(std::string_view address, std::size_t most)
{
    std::string text;
    for (const auto& line : std::span(lines).first(std::min(most, lines.size()))) {
        text.append("# ").append(line.shows).append("\ncurl ").append(line.options);
        text.append("'http://").append(address).append(line.target).append("'\n");
    }
    return text;
}

curfew::response home(curfew::context, curfew::request req)
{
    return curfew::text(curfew::status::ok, "This is the demo service of curfew. Things to try:\n\n" +
                                                curl_lines(req.host(), lines.size()));
}

}  // namespace demo
