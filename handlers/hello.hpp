// GET /hello/{name}: the shortest handler there is.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

namespace demo {

curfew::response hello(curfew::context ctx, curfew::request req);

}  // namespace demo
