// Making text from outside safe for a log line.
#pragma once

#include <string>
#include <string_view>

namespace curfew::detail {

/// Appends `text` with control characters, and bytes that are no UTF-8, as `\xNN`. What is left is one line.
void append_escaped(std::string& to, std::string_view text);

/// Appends `text` as the inside of a JSON string. Bytes that are no UTF-8 become the characters `\xNN`.
void append_json_escaped(std::string& to, std::string_view text);

}  // namespace curfew::detail
