// curl localhost:8080/factor/1234567; curl -m 0.5 localhost:8080/factor/1522605027922533360535618378132637429718068114961380688657908494580122963258952897654000350692006139
//
// Lets the program `factor` compute. The second number takes it for ever: when its client gives up, the program is stopped.

#include <curfew/adapters/process.hpp>
#include <curfew/adapters/process/pool.hpp>
#include <curfew/context.hpp>
#include <curfew/http_error.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/task.hpp>

#include <exception>
#include <iostream>
#include <utility>

namespace {

curfew::process::pool programs(2);  // at a time

curfew::task<curfew::response> factor(curfew::context ctx, curfew::request req)
{
    const curfew::process::command factor("factor", {"--", req.path_param("number")});
    const auto                     ended = co_await programs.run(ctx, factor);
    if (!ended.status.success()) throw curfew::http_error(curfew::status::bad_request, "that is no number");
    co_return curfew::text(curfew::status::ok, ended.output);
}

}  // namespace

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.get("/factor/{number}", factor);

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
