// From a cancel to the moment at which the work on the other side has stopped: the frame of the programs in this folder.
#pragma once

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace bench {

using instant = std::chrono::steady_clock::time_point;

/// Does something that never ends by itself, and returns when it was stopped.
using work = std::function<curfew::task<>(curfew::context)>;
/// Waits until the other side has stopped, if that may be later than the return of the work.
using witness = std::function<curfew::task<>()>;

inline curfew::task<> at_return()
{
    co_return;
}

/// How many tries the command line asks for. Default: 500.
inline int tries(int argc, char** argv)
{
    const int asked = argc > 1 ? std::atoi(argv[1]) : 500;
    if (asked <= 0) {
        std::fprintf(stderr, "usage: %s [tries]\n", argv[0]);
        std::exit(2);
    }
    return asked;
}

inline curfew::task<> measure(curfew::context root, std::string what, int count, work body, witness has_stopped)
{
    using namespace std::chrono_literals;
    std::vector<double> milliseconds;
    for (int i = 0; i < count; ++i) {
        auto    source = curfew::with_cancel(root);
        instant canceled, stopped;
        auto    running = [&](curfew::context ctx) -> curfew::task<> {
            try {
                co_await body(ctx);
                std::fprintf(stderr, "%s: ended by itself\n", what.c_str());
                std::exit(1);
            } catch (const curfew::context_error&) {
            }
            co_await has_stopped();
            stopped = std::chrono::steady_clock::now();
        };
        auto both = [&](curfew::task_group& group, curfew::context) -> curfew::task<> {
            auto under = [&](curfew::context) { return running(source.get_context()); };
            group.start(under);
            co_await curfew::sleep_for(root, 2ms + std::chrono::microseconds(37 * (i % 50)));
            canceled = std::chrono::steady_clock::now();
            source.cancel();
            co_await group.wait();
        };
        co_await curfew::with_task_group(root, both);
        milliseconds.push_back(std::chrono::duration<double, std::milli>(stopped - canceled).count());
    }
    std::ranges::sort(milliseconds);
    const auto at = [&](double part) {
        return milliseconds[static_cast<std::size_t>(part * static_cast<double>(milliseconds.size() - 1))];
    };
    std::printf("| %s | %d | %.2f | %.2f | %.2f |\n", what.c_str(), count, at(0.5), at(0.99), milliseconds.back());
    std::fflush(stdout);
}

inline void print_head()
{
    std::printf("| canceled | tries | p50, ms | p99, ms | longest, ms |\n|---|--:|--:|--:|--:|\n");
}

/// Runs one awaitable on a loop of its own.
inline void run(const std::function<curfew::task<>(curfew::context)>& body)
{
    boost::asio::io_context io(1);
    const auto              root = curfew::background(io);
    boost::asio::co_spawn(io, body(root), [](std::exception_ptr failed) {
        if (failed) std::rethrow_exception(failed);
    });
    io.run();
}

}  // namespace bench
