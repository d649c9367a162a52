// GET /stream?ms=1000: events until the client leaves.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

namespace demo {

curfew::response ticks(curfew::context ctx, curfew::request req);

}  // namespace demo
