// What a million tasks hold while they wait in sleep_for, and what it takes to cancel them all.
//
//   parked_tasks (spawned | grouped) [COUNT]
//
// spawned: by Asio's co_spawn, all under one context. grouped: in a task group, where each has a child context of its own.
// Each in a process of its own: memory that was given back would hide what the next one takes.

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string_view>

#include <unistd.h>

using namespace std::chrono_literals;

namespace {

using std::chrono::steady_clock;

long resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    long          size = 0, resident = 0;
    statm >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

class figures {
public:
    figures(const char* what, int count) : what_(what), count_(count), empty_(resident_bytes()) {}

    void all_wait()
    {
        std::printf("%s: waiting\t%ld\tbytes\n", what_, (resident_bytes() - empty_) / count_);
        since_ = steady_clock::now();
    }
    void all_ended() const
    {
        const std::chrono::duration<double, std::nano> took = steady_clock::now() - since_;
        std::printf("%s: cancel and end\t%.0f\tns\n", what_, took.count() / count_);
    }

private:
    const char*              what_;
    int                      count_;
    long                     empty_;
    steady_clock::time_point since_;
};

curfew::task<> spawned(curfew::context ctx, int count)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    auto       source   = curfew::with_cancel(ctx);
    figures    measured("a task under one context with all others", count);

    int  left = count;
    auto wait = [&left](curfew::context c) -> curfew::task<> {
        co_await curfew::sleep_for(c, 1h, curfew::nothrow);
        --left;
    };
    for (int i = 0; i < count; ++i)
        boost::asio::co_spawn(executor, wait(source.get_context()), boost::asio::detached);
    co_await boost::asio::post(boost::asio::deferred);  // behind the start of the last one
    measured.all_wait();

    source.cancel();
    while (left != 0) co_await boost::asio::post(boost::asio::deferred);
    measured.all_ended();
}

curfew::task<> grouped(curfew::context ctx, int count)
{
    auto    source = curfew::with_cancel(ctx);
    figures measured("a task of a group, under a context of its own", count);

    auto wait = [](curfew::context c) -> curfew::task<> { co_await curfew::sleep_for(c, 1h, curfew::nothrow); };
    auto all  = [&](curfew::task_group& group, curfew::context) -> curfew::task<> {
        for (int i = 0; i < count; ++i) group.start(wait);
        measured.all_wait();
        source.cancel();
        co_return;
    };
    co_await curfew::with_task_group(source.get_context(), all);
    measured.all_ended();
}

}  // namespace

int main(int argc, char** argv)
{
    const std::string_view how   = argc > 1 ? argv[1] : "";
    const int              count = argc > 2 ? std::atoi(argv[2]) : 1'000'000;
    if ((how != "spawned" && how != "grouped") || count < 1) {
        std::fputs("usage: parked_tasks spawned|grouped [COUNT]\n", stderr);
        return 2;
    }
    boost::asio::io_context io(1);
    const auto              root = curfew::background(io);
    boost::asio::co_spawn(io, how == "spawned" ? spawned(root, count) : grouped(root, count), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.run();
}
