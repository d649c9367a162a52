// curl -N localhost:8080/count
//
// Events, one a second, until the client leaves: the wait that it leaves behind is canceled at once.

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/sse.hpp>
#include <curfew/task.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

using namespace std::chrono_literals;

curfew::task<> produce(curfew::context ctx, curfew::sse_writer& out)
{
    for (int n = 1;; ++n) {
        co_await out.send(ctx, curfew::sse_event(std::to_string(n)));
        co_await curfew::sleep_for(ctx, 1s);
    }
}

curfew::response count(curfew::context, curfew::request)
{
    return curfew::sse(produce);
}

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.get("/count", count);

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
