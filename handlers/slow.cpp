#include "slow.hpp"

#include "query_within.hpp"

#include <curfew/sleep.hpp>

#include <chrono>
#include <string>

namespace demo {

curfew::task<curfew::response> slow(curfew::context ctx, curfew::request req)
{
    const std::chrono::milliseconds wait(query_within(req, "ms", 2'000, 0, 600'000));

    co_await curfew::sleep_for(ctx, wait);

    co_return curfew::text(curfew::status::ok, "waited " + std::to_string(wait.count()) + " ms\n");
}

}  // namespace demo
