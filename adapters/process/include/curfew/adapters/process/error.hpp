// What can go wrong with a program, besides what the system's own error codes say.
#pragma once

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace curfew::process {

using boost::system::error_code;

enum class errc {
    output_too_large = 1,  ///< It wrote more than `max_output`.
    status_lost      = 2,  ///< Something else in this process has waited for the child, or SIGCHLD is ignored.
    too_many_waiting = 3,  ///< As many wait for the pool already as may.
};

const boost::system::error_category& category() noexcept;

inline error_code make_error_code(errc e) noexcept
{
    return {static_cast<int>(e), category()};
}

}  // namespace curfew::process

template <>
struct boost::system::is_error_code_enum<curfew::process::errc> : std::true_type {};
