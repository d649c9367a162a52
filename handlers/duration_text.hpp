// Durations as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace demo {

/// Reads a whole number with its unit: `500ms`, `2s`, `1m` or `1h`; `0` needs none.
///
/// Returns: nothing if it is no such text, or more than 24 hours.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Writes a duration so that `parse_duration` reads it back, in the largest unit that keeps it whole.
std::string format_duration(std::chrono::milliseconds time);

}  // namespace demo
