// Dates in header fields (RFC 9110 §5.6.7).
#pragma once

#include <curfew/fixed_text.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace curfew {

/// Formats a date such as `Sun, 06 Nov 1994 08:49:37 GMT`. Does not allocate.
///
/// Preconditions: the year is between 0 and 9999.
[[nodiscard]] fixed_text<29> format_http_date(std::chrono::sys_seconds time) noexcept;

/// Reads a date in the preferred form or one of the two obsolete ones, which a recipient must accept too.
///
/// A two-digit year that seems more than 50 years ahead of `now` is one of the past. The day of the week is not
/// compared with the date. A leap second counts as the second before.
///
/// Returns: nothing if the text is malformed or names a date that does not exist.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(
    std::string_view text,
    std::chrono::sys_seconds now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())) noexcept;

} // namespace curfew
