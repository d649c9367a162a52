// Where the context library says what nobody else can: exceptions that no caller is there to catch, and misuse.
#pragma once

#include <curfew/context.hpp>

#include <exception>
#include <source_location>
#include <string_view>

namespace curfew::detail {

/// Logs an error: `what` failed, at the place given, with this exception.
void report_exception(std::string_view what, std::source_location where, const std::exception_ptr& error) noexcept;

/// Logs that `what`, done under `ctx`, ended with an exception: a warning if that is the end of a context, else an error.
void report_ended(const context& ctx, std::string_view what, const std::exception_ptr& error) noexcept;

/// Logs a warning about the code at `where`.
void report_misuse(std::string_view what, std::source_location where) noexcept;

}  // namespace curfew::detail
