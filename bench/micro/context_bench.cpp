// What a context costs: to make and end one, to cancel many, to ask.
#include "allocations.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/context_key.hpp>

#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// Calls `measured(root)` on the thread that runs the root's loop, where deadlines are armed without a post.
template <class F>
void on_loop(F measured)
{
    boost::asio::io_context io(1);
    const auto              root = curfew::background(io);
    boost::asio::post(io, [&] { measured(root); });
    io.run();
}

/// The row of goals.toml: a context that can be canceled, with a deadline, canceled before that.
void deadline_cancel_and_drop(benchmark::State& state)
{
    on_loop([&](const curfew::context& root) {
        for (int i = 0; i < 100; ++i) curfew::with_cancel(root, 1h).cancel();  // the heap of deadlines grows, and stays
        const auto before = curfew_bench::allocations;
        for (auto _ : state) {
            auto source = curfew::with_cancel(root, 1h);
            source.cancel();
            benchmark::DoNotOptimize(source.get_context().done());
        }
        state.counters["mallocs"] =
            benchmark::Counter(static_cast<double>(curfew_bench::allocations - before), benchmark::Counter::kAvgIterations);
    });
}
BENCHMARK(deadline_cancel_and_drop);

/// The same without the cancel: what a call that comes back in time pays.
void deadline_and_drop(benchmark::State& state)
{
    on_loop([&](const curfew::context& root) {
        for (auto _ : state) benchmark::DoNotOptimize(curfew::with_timeout(root, 1h).done());
    });
}
BENCHMARK(deadline_and_drop);

void cancel_children(benchmark::State& state)
{
    on_loop([&](const curfew::context& root) {
        std::vector<curfew::context> children;
        for (auto _ : state) {
            auto source = curfew::with_cancel(root);
            const auto parent = source.get_context();
            for (int i = 0; i < state.range(0); ++i) children.push_back(curfew::with_timeout(parent, 1h));

            const auto since = std::chrono::steady_clock::now();
            source.cancel();
            state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count());
            children.clear();
        }
    });
}
BENCHMARK(cancel_children)->Arg(1000)->UseManualTime();

constexpr curfew::context_key<int> keys[] = {curfew::context_key<int>("first"), curfew::context_key<int>("second"),
                                             curfew::context_key<int>("third"), curfew::context_key<int>("fourth"),
                                             curfew::context_key<int>("fifth"), curfew::context_key<int>("sixth")};

/// The value lies five contexts above.
void value_at_depth_5(benchmark::State& state)
{
    auto ctx = curfew::background();
    for (const auto& key : keys) ctx = curfew::with_value(ctx, key, 7);
    for (auto _ : state) benchmark::DoNotOptimize(ctx.value(keys[0]));
}
BENCHMARK(value_at_depth_5);

void done(benchmark::State& state)
{
    const auto ctx = curfew::with_timeout(curfew::background(), 1h);
    for (auto _ : state) benchmark::DoNotOptimize(ctx.done());
}
BENCHMARK(done);

}  // namespace

BENCHMARK_MAIN();
