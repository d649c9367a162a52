// GET /big?mb=64: an answer far larger than any buffer.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

namespace demo {

curfew::response big(curfew::context ctx, curfew::request req);

}  // namespace demo
