// How the end of a context is thrown.
#pragma once

#include <curfew/detail/node.hpp>
#include <curfew/error.hpp>

#include <exception>

namespace curfew::detail {

/// A `context_error` with the cause of `life`, which has ended; `std::bad_alloc` where there is no memory for one: whoever waits
/// is told in any case.
inline std::exception_ptr end_of(const node& life) noexcept
{
    try {
        return std::make_exception_ptr(context_error(life.why()));
    } catch (...) {
        return std::current_exception();
    }
}

}  // namespace curfew::detail
