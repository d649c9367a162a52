#include <curfew/adapters/sqlite.hpp>
#include <curfew/client.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

curfew::task<curfew::response> hello(curfew::context ctx, curfew::request req)
{
    co_await curfew::sleep_for(ctx, 5ms);
    co_return curfew::text(curfew::status::ok, "hello, " + req.query("name", "world") + "\n");
}

curfew::task<> ask(curfew::context ctx, curfew::client& api, std::string url)
{
    auto answer = co_await api.get(ctx, url);
    std::cout << co_await answer.read_all(ctx);
}

int main()
{
    curfew::sqlite::options in_memory;
    in_memory.path = ":memory:";
    const curfew::sqlite::database db(in_memory);

    curfew::router routes;
    routes.get("/hello", hello);
    curfew::server_options options;
    options.listen = {"127.0.0.1:0"};
    curfew::server server(std::move(routes), options);
    server.listen();

    bool         asked = false;
    std::jthread client([&] {
        boost::asio::io_context io;
        curfew::client          api;
        const auto              url = "http://" + server.local_endpoints()[0] + "/hello?name=consumer";
        boost::asio::co_spawn(io, ask(curfew::background(io), api, url), [&](std::exception_ptr error) { asked = !error; });
        io.run();
        server.stop();
    });
    const int drained = server.run();
    client.join();
    return asked ? drained : 1;
}
