// curl -i 'localhost:8080/squares?count=20'
//
// Four workers square the numbers, half a second for all. Press Ctrl-C meanwhile: they stop, and the log says so.

#include <curfew/channel.hpp>
#include <curfew/context.hpp>
#include <curfew/middleware/access_log.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/task_group.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

using namespace std::chrono_literals;

curfew::task<curfew::response> squares(curfew::context ctx, curfew::request req)
{
    const auto            count = req.query_as<unsigned>("count", 20);
    unsigned              sum   = 0;
    curfew::channel<unsigned> numbers(8);

    auto produce = [&](curfew::context c) -> curfew::task<> {
        for (unsigned i = 1; i <= count; ++i) co_await numbers.send(c, i);    // waits while all workers are busy
        numbers.close();
    };
    auto work = [&](curfew::context c) -> curfew::task<> {
        while (const auto number = co_await numbers.receive(c)) {
            co_await curfew::sleep_for(c, 100ms);
            sum += *number * *number;
        }
    };
    auto pool = [&](curfew::task_group& group, curfew::context) -> curfew::task<> {
        group.start(produce);
        for (int i = 0; i < 4; ++i) group.start(work);
        co_return;
    };
    co_await curfew::with_task_group(ctx, pool);    // returns, or throws, when all five have ended
    co_return curfew::text(curfew::status::ok, std::to_string(sum) + "\n");
}

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.use(curfew::access_log());
    routes.get("/squares", squares);

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
