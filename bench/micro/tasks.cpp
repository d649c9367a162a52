// What a curfew task costs beside an operating-system thread: to make and join, to switch to and back, to keep waiting.
// go_tasks measures goroutines the same way; bench/tasks runs both.

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/deferred.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

using namespace std::chrono_literals;

namespace {

double nanoseconds_each(std::chrono::steady_clock::time_point since, int count)
{
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - since).count() / count;
}

long resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    long          size = 0, resident = 0;
    statm >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

void print(const char* what, double value, const char* unit)
{
    std::printf("%s\t%.0f\t%s\n", what, value, unit);
    std::fflush(stdout);
}

void threads()
{
    constexpr int count = 5'000;
    auto          since = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) std::thread([] {}).join();
    print("thread: start and join", nanoseconds_each(since, count), "ns");

    // Two threads take turns: two switches a round.
    constexpr int    rounds = 20'000;
    std::atomic<int> turn   = 0;
    since                   = std::chrono::steady_clock::now();
    std::thread other([&] {
        for (int i = 0; i < rounds; ++i) {
            turn.wait(0);
            turn = 0;
            turn.notify_one();
        }
    });
    for (int i = 0; i < rounds; ++i) {
        turn = 1;
        turn.notify_one();
        turn.wait(1);
    }
    other.join();
    print("thread: switch", nanoseconds_each(since, 2 * rounds), "ns");

    constexpr int            waiting = 2'000;
    const long               before  = resident_bytes();
    std::mutex               mutex;
    std::condition_variable  wake;
    bool                     done = false;
    std::vector<std::thread> all;
    for (int i = 0; i < waiting; ++i)
        all.emplace_back([&] {
            std::unique_lock lock(mutex);
            wake.wait(lock, [&] { return done; });
        });
    print("thread: waiting", static_cast<double>(resident_bytes() - before) / waiting, "bytes, the kernel's not counted");
    {
        const std::lock_guard lock(mutex);
        done = true;
    }
    wake.notify_all();
    for (auto& each : all) each.join();
}

curfew::task<> measure(curfew::context ctx)
{
    // First, as memory that other measurements have given back would hide what this one takes.
    constexpr int waiting = 100'000;
    auto          source  = curfew::with_cancel(ctx);
    auto          wait    = [](curfew::context c) -> curfew::task<> { co_await curfew::sleep_for(c, 1h, curfew::nothrow); };
    const long    before  = resident_bytes();
    std::chrono::steady_clock::time_point since;
    auto          asleep = [&](curfew::task_group& group, curfew::context) -> curfew::task<> {
        for (int i = 0; i < waiting; ++i) group.start(wait);
        print("curfew task: waiting in sleep_for under its own context",
                       static_cast<double>(resident_bytes() - before) / waiting, "bytes");
        since = std::chrono::steady_clock::now();
        source.cancel();
        co_return;
    };
    co_await curfew::with_task_group(source.get_context(), asleep);
    print("curfew task: cancel one of 100,000 and join it", nanoseconds_each(since, waiting), "ns");

    constexpr int count   = 100'000;
    auto          nothing = [](curfew::context) -> curfew::task<> { co_return; };
    since                 = std::chrono::steady_clock::now();
    auto          many    = [&](curfew::task_group& group, curfew::context) -> curfew::task<> {
        for (int i = 0; i < count; ++i) group.start(nothing);
        co_return;
    };
    co_await curfew::with_task_group(ctx, many);
    print("curfew task: start and join", nanoseconds_each(since, count), "ns");

    constexpr int rounds = 500'000;
    since                = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) co_await boost::asio::post(boost::asio::deferred);
    print("curfew task: switch", nanoseconds_each(since, rounds), "ns");

    since = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) co_await nothing(ctx);
    print("curfew task: call another and await it", nanoseconds_each(since, rounds), "ns");
}

}  // namespace

int main()
{
    boost::asio::io_context io(1);
    boost::asio::co_spawn(io, measure(curfew::background(io)), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.run();
    threads();
}
