// What it costs to parse the head of a request.
#include "request_parser.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using curfew::detail::field_view;
using curfew::detail::parse_state;

constexpr std::string_view smallest = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

constexpr std::string_view of_a_browser =
    "GET / HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
    "X-Request-Id: 7b2f0f0e-5a1c-4a9b-9c2e-1f2e3d4c5b6a\r\n"
    "Cache-Control: no-cache\r\n\r\n";

constexpr std::string_view upload =
    "POST /orders HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n";

void parse(benchmark::State& state, std::string_view text)
{
    std::string                       bytes(text);
    std::array<field_view, 128>       table;
    const curfew::detail::head_limits limits;
    curfew::detail::request_parser    parser(limits);
    curfew::detail::request_head      head;
    for (auto _ : state) {
        const auto result = parser.parse(bytes, table, head);
        if (result.state != parse_state::done)
            return state.SkipWithError("refused");
        benchmark::DoNotOptimize(head);
        parser.reset();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(parse, smallest, smallest);
BENCHMARK_CAPTURE(parse, of_a_browser, of_a_browser);
BENCHMARK_CAPTURE(parse, upload, upload);

/// The same head in pieces, as a slow network delivers it.
void parse_in_pieces(benchmark::State& state)
{
    const auto                        piece = static_cast<std::size_t>(state.range(0));
    std::string                       bytes(of_a_browser);
    std::array<field_view, 128>       table;
    const curfew::detail::head_limits limits;
    curfew::detail::request_parser    parser(limits);
    curfew::detail::request_head      head;
    for (auto _ : state) {
        auto result = curfew::detail::parse_result{};
        for (auto size = piece; result.state == parse_state::need_more; size += piece)
            result = parser.parse({bytes.data(), std::min(size, bytes.size())}, table, head);
        benchmark::DoNotOptimize(head);
        parser.reset();
    }
}
BENCHMARK(parse_in_pieces)->Arg(16)->Arg(128);

}  // namespace

BENCHMARK_MAIN();
