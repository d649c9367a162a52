// Where the context library says what nobody else can: exceptions of callbacks, contexts that should not be there.
#pragma once

#include <exception>
#include <source_location>
#include <string_view>

namespace curfew::detail {

/// Logs an error: `what` failed, at the place given, with this exception.
void report_exception(std::string_view what, std::source_location where, const std::exception_ptr& error) noexcept;

/// Logs a warning about the code at `where`.
void report_misuse(std::string_view what, std::source_location where) noexcept;

}  // namespace curfew::detail
