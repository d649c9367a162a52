#include "health.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace curfew::detail {

namespace {

bool has(const router& routes, std::string_view pattern)
{
    return std::any_of(routes.routes().begin(), routes.routes().end(),
                       [&](const route& each) { return each.pattern == pattern; });
}

}  // namespace

void add_health_routes(router& routes, std::shared_ptr<const std::atomic<bool>> ready)
{
    if (!has(routes, "/healthz"))
        routes.get("/healthz", [](context, request) { return text(status::ok, "ok\n"); });
    if (!has(routes, "/readyz"))
        routes.get("/readyz", [ready = std::move(ready)](context, request) {
            return ready->load(std::memory_order_relaxed) ? text(status::ok, "ready\n")
                                                          : text(status::service_unavailable, "draining\n");
        });
}

}  // namespace curfew::detail
