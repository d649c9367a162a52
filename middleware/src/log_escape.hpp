// Text of others, made fit for a log.
#pragma once

#include <curfew/log.hpp>

#include <fmt/format.h>

#include <exception>
#include <string>
#include <string_view>

namespace curfew::detail {

/// Most lines fit without an allocation.
using log_line = fmt::basic_memory_buffer<char, 512>;

/// Appends `text` so that it can neither end the line, nor the quotes around it, nor move a terminal's cursor.
///
/// Escaped are quotes and backslashes, control characters (those of Unicode, and its line separators and changes of writing
/// direction, too) and what is not UTF-8: as `\x1b` or `\u202e` in text, as JSON has it in JSON, where a byte that is not
/// UTF-8 becomes U+FFFD.
void append_escaped(log_line& to, std::string_view text, log_format format);

/// What an exception says. Precondition: `thrown` is not null.
std::string message_of(const std::exception_ptr& thrown);

}  // namespace curfew::detail
