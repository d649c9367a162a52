// curl -i -H 'x-request-timeout-ms: 5000' 'localhost:8080/profiles/7'
//
// A handler calls another service (here: itself), which learns how much of the five seconds is left for it. Press Ctrl-C in
// curl, with users_take=3000 behind a question mark, and the call over there ends as well.

#include <curfew/client.hpp>
#include <curfew/client_json.hpp>
#include <curfew/context.hpp>
#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/log.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using curfew::status;

/// The other service.
curfew::task<curfew::response> user(curfew::context ctx, curfew::request req)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(ctx.remaining().value_or(0s));
    co_await curfew::sleep_for(ctx, std::chrono::milliseconds(req.query_as<unsigned>("takes", 20)));
    co_return curfew::json(status::ok, {{"id", req.path_param("id")}, {"told_ms", left.count()}});
}

/// Calls it. A failure that is no end of our own context is the other side's: 502, and the log says what happened.
curfew::task<curfew::response> profile(curfew::context ctx, curfew::request req, curfew::client& api, std::string users)
{
    const auto  url = users + "/users/" + req.path_param("id") + "?takes=" + std::to_string(req.query_as<unsigned>("users_take", 20));
    std::string why;
    try {
        const auto found = co_await api.get_json(ctx, url);
        co_return curfew::json(status::ok, {{"user", found}});
    } catch (const curfew::client_error& error) {
        why = error.what();
    }
    curfew::log(ctx).warn("{}", why);
    throw curfew::http_error(status::bad_gateway, "the user service does not answer");
}

int main(int argc, char** argv)
try {
    curfew::client api;  // one for the whole program
    std::string    users;
    curfew::router routes;
    routes.get("/users/{id}", user);
    routes.get("/profiles/{id}", [&](curfew::context ctx, curfew::request req) { return profile(ctx, req, api, users); });

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    curfew::server server(std::move(routes), options);
    server.listen();
    users = "http://" + server.local_endpoints().front();
    return server.run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
