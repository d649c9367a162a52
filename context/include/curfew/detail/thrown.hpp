// What can be said of an exception that was caught.
#pragma once

#include <exception>
#include <string>

namespace curfew::detail {

/// What it says of itself. Precondition: `thrown` is not null.
std::string message_of(const std::exception_ptr& thrown);

/// True if it says that a context ended.
bool is_cancel(const std::exception_ptr& thrown) noexcept;

}  // namespace curfew::detail
