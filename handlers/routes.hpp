// What the service answers.
#pragma once

#include "options.hpp"

#include <curfew/router.hpp>

namespace demo {

curfew::router make_routes(const options& chosen);

}  // namespace demo
