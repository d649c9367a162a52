// A context together with the place where it was passed.
#pragma once

#include <curfew/context.hpp>

#include <source_location>
#include <utility>

namespace curfew::detail {

/// The first parameter of functions whose last ones are a pack, after which no location can be defaulted.
class context_here {
public:
    context_here(context passed, std::source_location at = std::source_location::current()) noexcept
        : ctx(std::move(passed)), where(at)
    {
    }

    context              ctx;
    std::source_location where;
};

}  // namespace curfew::detail
