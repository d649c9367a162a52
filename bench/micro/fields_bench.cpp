// What header fields cost: to make, to ask.
#include <curfew/fields.hpp>

#include <benchmark/benchmark.h>

#include <string_view>

namespace {

constexpr std::string_view trace_id = "0af7651916cd43dd8448eb211c80319c";
constexpr std::string_view parent   = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// What the tracing middleware sets, in an object that is empty.
void set_two(benchmark::State& state)
{
    for (auto _ : state) {
        curfew::fields made;
        made.set("x-request-id", trace_id);
        made.set("traceparent", parent);
        benchmark::DoNotOptimize(made);
    }
}
BENCHMARK(set_two);

curfew::fields eight()
{
    return {{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
            {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
            {"Accept-Language", "en-US,en;q=0.5"},
            {"Accept-Encoding", "gzip, deflate, br"},
            {"Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"},
            {"Traceparent", parent},
            {"X-Request-Id", trace_id},
            {"Cache-Control", "no-cache"}};
}

void append_eight(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(eight());
}
BENCHMARK(append_eight);

void find(benchmark::State& state, std::string_view name)
{
    const auto asked = eight();
    for (auto _ : state) {
        benchmark::DoNotOptimize(name);
        benchmark::DoNotOptimize(asked.find(name));
    }
}
BENCHMARK_CAPTURE(find, first, "user-agent");
BENCHMARK_CAPTURE(find, last, "cache-control");
BENCHMARK_CAPTURE(find, absent, "if-none-match");

void has_token(benchmark::State& state)
{
    const auto asked = eight();
    for (auto _ : state) benchmark::DoNotOptimize(asked.has_token("accept-encoding", "br"));
}
BENCHMARK(has_token);

}  // namespace

BENCHMARK_MAIN();
