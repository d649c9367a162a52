// POST /echo: sends the body back while it arrives.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

namespace demo {

/// However long the body, it holds no more than one piece of it.
curfew::task<curfew::response> echo(curfew::context ctx, curfew::request req);

}  // namespace demo
