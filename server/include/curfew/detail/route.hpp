// A route as it was registered.
#pragma once

#include <curfew/handler.hpp>
#include <curfew/method.hpp>
#include <curfew/middleware.hpp>
#include <curfew/route_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace curfew::detail {

struct route {
    std::optional<curfew::method> method;   ///< None: all of them.
    std::string                   pattern;  ///< With the prefixes of the groups around it.
    std::vector<middleware>       around;   ///< Outermost first.
    handler                       answer;
    route_options                 options;
};

}  // namespace curfew::detail
