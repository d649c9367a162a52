// Reports the moment at which a handler learns that its client has gone.
//
//   curfew_disconnect PORT REPORT_FD
//
//   /wait?id=N   waits until its request is canceled, then writes {N, now} to REPORT_FD (see clients/disconnect.c)

#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

int report_fd = -1;

curfew::task<curfew::response> wait(curfew::context ctx, curfew::request req)
{
    const auto id = req.query_as<std::uint64_t>("id", 0);

    const auto result = co_await curfew::sleep_for(ctx, 1h, curfew::nothrow);

    const auto          now      = std::chrono::steady_clock::now().time_since_epoch();
    const std::uint64_t record[] = {
        id, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count())};
    if (std::get<0>(result) && ::write(report_fd, record, sizeof record) < 0)
        std::perror("report");
    co_return curfew::text(curfew::status::ok, "never seen: nobody is left to read it\n");
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fputs("usage: curfew_disconnect PORT REPORT_FD\n", stderr);
        return 2;
    }
    report_fd = std::atoi(argv[2]);

    curfew::router routes;
    routes.get("/wait", wait);

    curfew::server_options options;
    options.listen   = {std::string("127.0.0.1:") + argv[1]};
    options.threads  = 1;
    options.deadline = 1h;  // only the client ends a request here
    curfew::server server(std::move(routes), options);
    return server.run();
}
