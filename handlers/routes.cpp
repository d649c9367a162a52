#include "routes.hpp"

#include "big.hpp"
#include "chain.hpp"
#include "cpu.hpp"
#include "echo.hpp"
#include "fanout.hpp"
#include "hello.hpp"
#include "home.hpp"
#include "jobs.hpp"
#include "orders.hpp"
#include "own_service.hpp"
#include "proxy.hpp"
#include "slow.hpp"
#include "ticks.hpp"

#include <curfew/middleware/access_log.hpp>
#include <curfew/middleware/server_timing.hpp>
#include <curfew/middleware/timeout.hpp>
#include <curfew/middleware/tracing.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace demo {

using namespace std::chrono_literals;

curfew::router make_routes(const options& chosen, std::shared_ptr<own_service> self)
{
    // It holds one piece of a body at a time, so it may take large ones.
    constexpr std::size_t echo_limit = 1024 * 1024 * 1024;

    const auto all_orders = std::make_shared<orders>();
    const auto all_jobs   = std::make_shared<jobs>();
    const auto hops       = std::make_shared<chain>(self);
    const auto calls      = std::make_shared<fanout>(std::move(self));
    const auto passing_on = std::make_shared<proxy>(chosen.proxy_origins);
    const auto computing  = std::make_shared<cpu>(std::max(1u, std::thread::hardware_concurrency()));

    curfew::router routes;
    routes.use(curfew::tracing());
    if (chosen.access_log)
        routes.use(curfew::access_log({.format = chosen.log_format}));
    routes.use(curfew::server_timing());

    // What has no reason to take long. The others are bounded by --request-timeout, or flow while their client listens.
    routes.group([&](curfew::router& quick) {
        quick.use(curfew::timeout(5s));
        quick.get("/", home);
        quick.get("/hello/{name}", hello);
        quick.post("/orders", std::bind_front(&orders::create, all_orders));
        quick.get("/orders/{id}", std::bind_front(&orders::show, all_orders));
        quick.get("/detach/last", std::bind_front(&jobs::last, all_jobs));
    });
    routes.get("/slow", slow);
    routes.post("/echo", echo, {.body_limit = echo_limit});
    routes.get("/big", big);
    routes.get("/stream", ticks);
    routes.get("/cpu", std::bind_front(&cpu::answer, computing));
    routes.get("/chain/{n}", std::bind_front(&chain::answer, hops));
    routes.get("/fanout/{n}", std::bind_front(&fanout::answer, calls));
    routes.get("/proxy", std::bind_front(&proxy::answer, passing_on));
    routes.get("/detach", std::bind_front(&jobs::start, all_jobs));
    return routes;
}

}  // namespace demo
