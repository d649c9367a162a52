// What the admin listener serves.
#pragma once

#include "server_loop.hpp"

#include <curfew/router.hpp>

#include <memory>
#include <string>
#include <vector>

namespace curfew::detail {

/// Adds `GET /debug/inflight`: the requests being handled, as each loop tells it; a loop that does not within 200 ms is
/// named. Precondition: the loops outlive those of `routes`.
void add_debug_routes(router& routes, const std::vector<std::unique_ptr<server_loop>>& loops);

/// Asks for `Authorization: Bearer TOKEN` before anything else is done.
middleware require_token(std::string token);

}  // namespace curfew::detail
