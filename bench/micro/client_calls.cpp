// What a call costs beside the service's own work, and how long the service goes on after the caller has canceled.
// Client and service are two threads of this program, over loopback.

#include <curfew/after_cancel.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/client.hpp>
#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>
#include <curfew/task.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace curfew;

namespace {

using clock_type = std::chrono::steady_clock;

/// When the handler that waits was told to end, in the clock's own unit; 0 while it waits, -1 while there is none.
std::atomic<clock_type::rep> ended = -1;

task<response> wait(context ctx, request)
{
    const auto told = after_cancel(ctx, [] { ended = clock_type::now().time_since_epoch().count(); });
    ended           = 0;
    co_await sleep_for(ctx, 1h);
    co_return text(status::ok, "too late");
}

/// Sends a head and the beginning of a body, then waits.
task<response> drip(context, request)
{
    auto begin = [](context ctx, body_writer& out) -> task<void> {
        co_await out.write(ctx, "begun");
        const auto told = after_cancel(ctx, [] { ended = clock_type::now().time_since_epoch().count(); });
        ended           = 0;
        co_await sleep_for(ctx, 1h);
    };
    co_return stream_response(status::ok, content_types::text, begin);
}

/// Calls `/hop/{n-1}` of this service; the last one waits.
class hops {
public:
    task<response> answer(context ctx, request req)
    {
        const auto left = req.path_param_as<unsigned>("n");
        if (left == 0) co_return co_await wait(ctx, req);
        auto answer = co_await api_.get(ctx, base + "/hop/" + std::to_string(left - 1));
        co_return text(answer.status(), co_await answer.read_all(ctx));
    }

    std::string base;

private:
    client api_;
};

double thread_cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

task<> calls(context ctx, client& api, std::string url, int count)
{
    for (int i = 0; i != count; ++i) {
        auto answer = co_await api.get(ctx, url);
        if ((co_await answer.read_all(ctx)).empty()) std::abort();
    }
}

/// Microseconds from `cancel()` to the end of the handler's context, sorted.
task<> cancels(context ctx, client& api, std::string url, int tries, std::vector<double>& microseconds)
{
    for (int i = 0; i != tries; ++i) {
        ended            = -1;
        auto       source = with_cancel(ctx);
        const auto inner  = source.get_context();
        auto       call   = [&](context) -> task<> {
            try {
                auto answer = co_await api.get(inner, url);
                co_await answer.read_all(inner);
            } catch (const context_error&) {
            }
        };
        auto cancel = [&](context c) -> task<> {
            while (ended != 0) co_await sleep_for(c, 100us);
            const auto since = clock_type::now().time_since_epoch().count();
            source.cancel();
            while (ended == 0) co_await sleep_for(c, 100us);
            microseconds.push_back(static_cast<double>(ended - since) / 1000);
        };
        co_await when_all(ctx, call, cancel);
    }
    std::ranges::sort(microseconds);
}

void run(task<> (*body)(context, client&, std::string), std::string url)
{
    boost::asio::io_context io(1);
    client                  api;
    boost::asio::co_spawn(io, body(background(io), api, std::move(url)), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.run();
}

task<> measure_calls(context ctx, client& api, std::string base)
{
    constexpr int count = 20'000;
    co_await calls(ctx, api, base + "/hello", count / 10);  // warm
    const auto cpu   = thread_cpu_seconds();
    const auto since = clock_type::now();
    co_await calls(ctx, api, base + "/hello", count);
    const double wall = std::chrono::duration<double>(clock_type::now() - since).count();
    std::printf("GET on a kept connection: round trip\t%.1f\tus\n", wall / count * 1e6);
    std::printf("GET on a kept connection: caller's CPU\t%.1f\tus\n", (thread_cpu_seconds() - cpu) / count * 1e6);
}

task<> measure_cancels(context ctx, client& api, std::string base)
{
    for (const auto target : {"/wait", "/drip", "/hop/2"}) {
        std::vector<double> all;
        co_await cancels(ctx, api, base + target, 300, all);
        std::printf("%s: from cancel to the end over there, p50\t%.0f\tus\n", target, all[all.size() / 2]);
        std::printf("%s: from cancel to the end over there, p99\t%.0f\tus\n", target, all[all.size() * 99 / 100]);
    }
}

}  // namespace

int main(int argc, char** argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    router            routes;
    routes.get("/hello", [](context, request) { return text(status::ok, "hello"); });
    routes.get("/wait", wait);
    routes.get("/drip", drip);
    hops chain;
    routes.get("/hop/{n}", [&](context ctx, request req) { return chain.answer(ctx, req); });
    server_options options;
    options.listen         = {"127.0.0.1:0"};
    options.threads        = 1;
    options.handle_signals = false;
    server service(std::move(routes), options);
    service.listen();
    const auto base = "http://" + service.local_endpoints().front();
    chain.base      = base;
    std::jthread serving([&] { service.run(); });

    if (what != "cancels") run(measure_calls, base);
    if (what != "calls") run(measure_cancels, base);
    service.stop();
}
