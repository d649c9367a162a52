#include "routes.hpp"

#include "big.hpp"
#include "cpu.hpp"
#include "echo.hpp"
#include "hello.hpp"
#include "home.hpp"
#include "jobs.hpp"
#include "orders.hpp"
#include "slow.hpp"
#include "ticks.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

namespace demo {

curfew::router make_routes(const options&)
{
    // It holds one piece of a body at a time, so it may take large ones.
    constexpr std::size_t echo_limit = 1024 * 1024 * 1024;

    const auto all_orders = std::make_shared<orders>();
    const auto all_jobs   = std::make_shared<jobs>();
    const auto computing  = std::make_shared<cpu>(std::max(1u, std::thread::hardware_concurrency()));

    curfew::router routes;
    routes.get("/", home);
    routes.get("/hello/{name}", hello);
    routes.get("/slow", slow);
    routes.post("/echo", echo, {.body_limit = echo_limit});
    routes.get("/big", big);
    routes.get("/stream", ticks);
    routes.get("/cpu", std::bind_front(&cpu::answer, computing));
    routes.get("/detach", std::bind_front(&jobs::start, all_jobs));
    routes.get("/detach/last", std::bind_front(&jobs::last, all_jobs));
    routes.post("/orders", std::bind_front(&orders::create, all_orders));
    routes.get("/orders/{id}", std::bind_front(&orders::show, all_orders));
    return routes;
}

}  // namespace demo
