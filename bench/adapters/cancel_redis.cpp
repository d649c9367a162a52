// How long a blocking command goes on in a Redis server after its cancel.
#include "cancel_latency.hpp"

#include <curfew/adapters/process.hpp>
#include <curfew/adapters/redis.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;

curfew::task<> wait_for(curfew::context root, curfew::redis::client& client, std::string line)
{
    for (;;) {
        const auto info = co_await client.command(root, "INFO", "clients");
        if (info.text().find(line) != std::string::npos) co_return;
    }
}

curfew::task<> all(curfew::context root, std::string path, int count)
{
    curfew::redis::options settings;
    settings.unix_path = path;
    curfew::redis::client tested(settings), asking(settings);
    while (!std::filesystem::exists(path)) co_await curfew::sleep_for(root, 1ms);
    bench::print_head();

    auto blocking = [&](curfew::context ctx) -> curfew::task<> { co_await tested.command(ctx, "BLPOP", "nothing", 0); };
    auto ended    = [&] { return wait_for(root, asking, "blocked_clients:0"); };
    co_await bench::measure(root, "BLPOP: the server has nobody waiting any more", count, blocking, ended);
    co_await bench::measure(root, "BLPOP: the call returns", count, blocking, bench::at_return);
}

}  // namespace

int main(int argc, char** argv)
{
    const int  count = bench::tries(argc, argv);
    const auto path  = (std::filesystem::temp_directory_path() / ("curfew-bench-" + std::to_string(::getpid()))).string();
    bench::run([&](curfew::context root) -> curfew::task<> {
        const curfew::process::command server(
            "redis-server", {"--port", "0", "--unixsocket", path, "--save", "", "--loglevel", "warning"});
        auto measured = [&](curfew::process::child& child, curfew::context ctx) -> curfew::task<> {
            co_await all(ctx, path, count);
            child.signal(SIGTERM);
        };
        co_await curfew::process::run(root, server, measured);
    });
    std::filesystem::remove(path);
}
