// The server under test wherever example-hello has no route for it: the same middlewares around more handlers.
//
//   curfew_bench PORT [REPORT_FD]
//   curfew_bench PORT --threads N
//
//   GET  /           hello, from a coroutine, as example-hello
//   GET  /sync       hello, from a plain function
//   GET  /suspend    hello, after waiting for the rest of the loop's turn: what suspending costs, without a timer
//   GET  /sleep      hello after 10 ms
//   POST /echo       the JSON that was sent, parsed and written again
//   POST /upload     how many bytes were sent
//   GET  /download   64 MB, in pieces of 64 KB
//   GET  /wait?id=N  waits until its request is canceled, then writes {N, now} to REPORT_FD (see clients/disconnect.c)

#include <curfew/bind_context.hpp>
#include <curfew/json.hpp>
#include <curfew/middleware/timeout.hpp>
#include <curfew/middleware/tracing.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace {

using namespace std::chrono_literals;
using curfew::context;
using curfew::request;
using curfew::response;
using curfew::status;
using curfew::task;

int report_fd = -1;

response hello_at_once(context, request) { return curfew::text(status::ok, "Hello, World!"); }

task<response> hello(context, request) { co_return curfew::text(status::ok, "Hello, World!"); }

task<response> suspend(context ctx, request)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, curfew::bind_context(ctx));
    co_return curfew::text(status::ok, "Hello, World!");
}

task<response> sleep(context ctx, request)
{
    co_await curfew::sleep_for(ctx, 10ms);
    co_return curfew::text(status::ok, "Hello, World!");
}

task<response> echo(context ctx, request req)
{
    const auto value = co_await req.read_json(ctx);
    co_return curfew::json(status::ok, value);
}

task<response> upload(context ctx, request req)
{
    const auto body = co_await req.read_all(ctx);
    co_return curfew::text(status::ok, std::to_string(body.size()));
}

constexpr std::size_t   piece_size = 64 * 1024;
constexpr std::uint64_t pieces     = 1024;

task<response> download(context, request)
{
    auto produce = [](context ctx, curfew::body_writer& out) -> task<> {
        static const std::string piece(piece_size, 'x');
        for (std::uint64_t i = 0; i != pieces; ++i)
            co_await out.write(ctx, piece);
    };
    co_return curfew::stream_response(status::ok, curfew::content_types::bytes, pieces * piece_size, produce);
}

task<response> wait(context ctx, request req)
{
    const auto id = req.query_as<std::uint64_t>("id", 0);

    const auto result = co_await curfew::sleep_for(ctx, 1h, curfew::nothrow);

    const auto          now      = std::chrono::steady_clock::now().time_since_epoch();
    const std::uint64_t record[] = {
        id, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count())};
    if (std::get<0>(result) && ::write(report_fd, record, sizeof record) < 0)
        std::perror("report");
    co_return curfew::text(status::ok, "never seen: nobody is left to read it\n");
}

void add_limited_routes(curfew::router& routes)
{
    routes.use(curfew::tracing()).use(curfew::timeout(2s));
    routes.get("/", hello);
    routes.get("/sync", hello_at_once);
    routes.get("/suspend", suspend);
    routes.get("/sleep", sleep);
    routes.post("/echo", echo);
    routes.post("/upload", upload);
}

}  // namespace

int main(int argc, char** argv)
try {
    if (argc < 2 || argc > 4) {
        std::fputs("usage: curfew_bench PORT [REPORT_FD | --threads N]\n", stderr);
        return 2;
    }
    if (argc == 3)
        report_fd = std::atoi(argv[2]);

    curfew::router routes;
    routes.group(add_limited_routes);
    routes.get("/download", download);
    routes.get("/wait", wait);

    curfew::server_options options;
    options.listen   = {std::string("127.0.0.1:") + argv[1]};
    options.threads  = argc == 4 ? static_cast<unsigned>(std::atoi(argv[3])) : 1;
    options.deadline = 1h;  // of /download and /wait; the others have two seconds
    curfew::server server(std::move(routes), options);
    return server.run();
} catch (const std::exception& error) {
    std::fprintf(stderr, "curfew_bench: %s\n", error.what());
    return 1;
}
