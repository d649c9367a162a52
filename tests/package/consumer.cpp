#include <curfew/server.hpp>
#include <curfew/sleep.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

curfew::task<curfew::response> hello(curfew::context ctx, curfew::request req)
{
    co_await curfew::sleep_for(ctx, 5ms);
    co_return curfew::text(curfew::status::ok, "hello, " + req.query("name", "world") + "\n");
}

int main()
{
    curfew::router routes;
    routes.get("/hello", hello);
    curfew::server_options options;
    options.listen = {"127.0.0.1:0"};
    curfew::server server(std::move(routes), options);
    server.listen();

    int          curl = 1;
    std::jthread client([&] {
        curl = std::system(("curl -sS 'http://" + server.local_endpoints()[0] + "/hello?name=consumer'").c_str());
        server.stop();
    });
    const int drained = server.run();
    client.join();
    return curl == 0 ? drained : 1;
}
