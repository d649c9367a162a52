#include "ticks.hpp"

#include "query_within.hpp"

#include <curfew/sleep.hpp>
#include <curfew/sse.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace demo {

curfew::response ticks(curfew::context, curfew::request req)
{
    const std::chrono::milliseconds pause(query_within(req, "ms", 1'000, 10, 60'000));
    auto produce = [pause](curfew::context ctx, curfew::sse_writer& out) -> curfew::task<> {
        for (std::uint64_t n = 1;; ++n) {
            curfew::sse_event tick("tick " + std::to_string(n));
            tick.id = std::to_string(n);
            co_await out.send(ctx, std::move(tick));
            co_await curfew::sleep_for(ctx, pause);
        }
    };
    return curfew::sse(std::move(produce));
}

}  // namespace demo
