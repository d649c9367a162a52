// What a balancer asks a server.
#pragma once

#include <curfew/router.hpp>

#include <atomic>
#include <memory>

namespace curfew::detail {

/// Adds `GET /healthz` (200 while the process serves) and `GET /readyz` (503 once it drains), where the router has none.
void add_health_routes(router& routes, std::shared_ptr<const std::atomic<bool>> ready);

}  // namespace curfew::detail
