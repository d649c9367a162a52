// What it costs to format an answer.
#include "answer_writer.hpp"

#include <curfew/fields.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>

namespace {

using curfew::detail::answer_head;
using curfew::detail::buffer_pool;
using curfew::detail::output_buffer;

answer_head head_of_text()
{
    answer_head head;
    head.content_type = "text/plain; charset=utf-8";
    head.date         = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
    return head;
}

void write_answer(benchmark::State& state, const curfew::fields& fields, std::size_t size)
{
    const std::string content(size, 'x');
    auto              head = head_of_text();
    head.fields            = &fields;
    buffer_pool   pool;
    output_buffer out(pool);
    for (auto _ : state) {
        curfew::detail::write_answer(out, head, content);
        benchmark::DoNotOptimize(out.view().data());
        out.clear();
    }
}

const curfew::fields none;
const curfew::fields traced{{"x-request-id", "0af7651916cd43dd8448eb211c80319c"},
                            {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};

BENCHMARK_CAPTURE(write_answer, hello, none, 13);
BENCHMARK_CAPTURE(write_answer, hello_traced, traced, 13);
BENCHMARK_CAPTURE(write_answer, kilobytes_64, traced, 64 * 1024);

void write_stream_head(benchmark::State& state)
{
    const auto    head = head_of_text();
    buffer_pool   pool;
    output_buffer out(pool);
    for (auto _ : state) {
        benchmark::DoNotOptimize(curfew::detail::write_stream_head(out, head, {}));
        out.clear();
    }
}
BENCHMARK(write_stream_head);

}  // namespace

BENCHMARK_MAIN();
