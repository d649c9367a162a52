// Pieces of URLs: percent-encoding and the target of a request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace curfew {

/// Decodes percent-encoded text; `+` stays. The result may hold any byte, NUL included.
///
/// Returns: nothing if a `%` is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Encodes every byte but letters, digits and `-._~`: fit for one path segment, or one name or value of a query.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// The two parts of a request target such as `/notes/7?full=1`, still encoded.
///
/// Lifetime: views of the text that was split.
struct target_parts
{
    std::string_view path;  ///< Begins with `/`.
    std::string_view query; ///< Without the `?`; empty as well if there was none.
};

/// Splits a target in origin form and checks it. Does not allocate.
///
/// The path's percent-encoding is checked, the query's is left to whoever reads it. Refused are a path that does not
/// begin with `/`, a fragment, control characters, space, bytes above 0x7e, quotes and angle brackets, and in the path
/// also backslash, backtick and braces. What remains is RFC 3986's grammar and the few more that browsers send.
///
/// Returns: nothing if the target is refused.
[[nodiscard]] std::optional<target_parts> split_target(std::string_view target) noexcept;

} // namespace curfew
