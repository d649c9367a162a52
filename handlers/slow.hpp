// GET /slow?ms=2000: a handler that waits, to be left alone, canceled or overtaken by a deadline.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

namespace demo {

curfew::task<curfew::response> slow(curfew::context ctx, curfew::request req);

}  // namespace demo
