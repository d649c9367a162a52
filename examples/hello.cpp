// curl -i localhost:8080/

#include <curfew/context.hpp>
#include <curfew/middleware/timeout.hpp>
#include <curfew/middleware/tracing.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/task.hpp>

#include <chrono>
#include <iostream>
#include <utility>

using namespace std::chrono_literals;

curfew::task<curfew::response> hello(curfew::context, curfew::request)
{
    co_return curfew::text(curfew::status::ok, "Hello, World!");
}

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.use(curfew::tracing()).use(curfew::timeout(2s));
    routes.get("/", hello);

    curfew::server_options options;
    options.listen  = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    options.threads = 1;
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
