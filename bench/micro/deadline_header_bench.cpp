// What the deadline headers cost: to read from a request, to format for a downstream.
#include <curfew/deadline_header.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace {

using namespace std::chrono_literals;

void parse_grpc_timeout(benchmark::State& state, std::string_view value)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(value);
        benchmark::DoNotOptimize(curfew::parse_grpc_timeout(value));
    }
}
BENCHMARK_CAPTURE(parse_grpc_timeout, short, "250m");
BENCHMARK_CAPTURE(parse_grpc_timeout, longest, "29999999u");
BENCHMARK_CAPTURE(parse_grpc_timeout, malformed, "250ms");

void parse_timeout_ms(benchmark::State& state)
{
    std::string_view value = "1500";
    for (auto _ : state) {
        benchmark::DoNotOptimize(value);
        benchmark::DoNotOptimize(curfew::parse_timeout_ms(value));
    }
}
BENCHMARK(parse_timeout_ms);

/// As the server meets them: among the fields of a request, one of which is a deadline.
void read_fields(benchmark::State& state)
{
    constexpr std::string_view names[]  = {"host", "user-agent", "accept", "grpc-timeout", "content-type"};
    constexpr std::string_view values[] = {"127.0.0.1", "curl/7.88.1", "*/*", "250m", "application/json"};
    for (auto _ : state) {
        curfew::inbound_deadline deadline;
        for (std::size_t i = 0; i != std::size(names); ++i) deadline.read(names[i], values[i]);
        benchmark::DoNotOptimize(deadline.timeout());
    }
}
BENCHMARK(read_fields);

void format_grpc_timeout(benchmark::State& state)
{
    auto left = curfew::outbound_timeout(1'234'567'890ns);
    for (auto _ : state) {
        benchmark::DoNotOptimize(left);
        benchmark::DoNotOptimize(curfew::format_grpc_timeout(left));
    }
}
BENCHMARK(format_grpc_timeout);

void format_timeout_ms(benchmark::State& state)
{
    auto left = curfew::outbound_timeout(1'234'567'890ns);
    for (auto _ : state) {
        benchmark::DoNotOptimize(left);
        benchmark::DoNotOptimize(curfew::format_timeout_ms(left));
    }
}
BENCHMARK(format_timeout_ms);

}  // namespace

BENCHMARK_MAIN();
