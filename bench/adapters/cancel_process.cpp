// How long a program goes on after its cancel.
#include "cancel_latency.hpp"

#include <curfew/adapters/process.hpp>

int main(int argc, char** argv)
{
    using namespace std::chrono_literals;
    const int count = bench::tries(argc, argv);
    bench::run([&](curfew::context root) -> curfew::task<> {
        bench::print_head();

        auto waiting = [](curfew::context ctx) -> curfew::task<> {
            const curfew::process::command sleep("sleep", {"1000"});
            co_await curfew::process::run(ctx, sleep);
        };
        co_await bench::measure(root, "a program that waits", count, waiting, bench::at_return);

        auto computing = [](curfew::context ctx) -> curfew::task<> {
            const curfew::process::command spin("/bin/sh", {"-c", "while :; do :; done"});
            co_await curfew::process::run(ctx, spin);
        };
        co_await bench::measure(root, "a program that computes", count, computing, bench::at_return);

        auto ignoring = [](curfew::context ctx) -> curfew::task<> {
            curfew::process::command deaf("/bin/sh", {"-c", "trap '' TERM; sleep 1000"});
            deaf.grace = 20ms;
            co_await curfew::process::run(ctx, deaf);
        };
        co_await bench::measure(root, "a program that ignores SIGTERM, grace 20 ms", count, ignoring, bench::at_return);
    });
}
