// curl -i 'localhost:8080/profile/7?orders_take=100'
//
// Two calls at once under one budget of 300 ms. With orders_take=1000 the budget ends both, and the answer is a 504.

#include <curfew/context.hpp>
#include <curfew/json.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/when_all.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

using namespace std::chrono_literals;

/// Stands for a call to another service.
curfew::task<std::string> fetch(curfew::context ctx, std::string what, std::chrono::milliseconds takes)
{
    co_await curfew::sleep_for(ctx, takes);
    co_return what;
}

curfew::task<curfew::response> profile(curfew::context ctx, curfew::request req)
{
    const auto                      id = req.path_param("id");
    const std::chrono::milliseconds orders_take(req.query_as<unsigned>("orders_take", 50));

    const auto child   = curfew::with_timeout(ctx, 300ms);
    auto       user    = [&](curfew::context c) { return fetch(c, "user " + id, 20ms); };
    auto       orders  = [&](curfew::context c) { return fetch(c, "orders of " + id, orders_take); };
    auto       results = co_await curfew::when_all(child, user, orders);
    auto& [u, o]       = results;
    co_return curfew::json(curfew::status::ok, {{"user", u}, {"orders", o}});
}

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.get("/profile/{id}", profile);

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
