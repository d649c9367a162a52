// Percent-encoding in paths.
#pragma once

#include <string>
#include <string_view>

namespace curfew::detail {

/// True if every `%` begins an encoded byte, and none of them is a NUL, which no path needs and C strings cut at.
bool percent_encodings_valid(std::string_view text) noexcept;

/// Appends `text`, decoded, to `out`.
///
/// Returns: false if an encoding is not valid; what was decoded before it has been appended.
bool append_decoded(std::string_view text, std::string& out);

/// Appends `text`, decoded but for its encoded slashes, to `out`. Same precondition and result as `append_decoded`.
bool append_decoded_but_slash(std::string_view text, std::string& out);

inline bool is_dot_segment(std::string_view segment) noexcept
{
    return segment == "." || segment == "..";
}

}  // namespace curfew::detail
