// Text of others, made fit for a log.
#pragma once

#include <curfew/fixed_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace curfew::detail {

/// Where in a line some text is to stand.
enum class log_place : std::uint8_t {
    bare,    ///< By itself.
    quoted,  ///< Between double quotes.
    json,    ///< Inside a JSON string.
};

/// Returns how many bytes at the front of `text` may stand there as they are.
std::size_t plain_length(std::string_view text, log_place at) noexcept;

/// Cuts one character, or one byte that belongs to none, off the front of `text`, and returns how it is written.
/// Precondition: `plain_length` is 0, and `text` not empty.
fixed_text<8> take_escaped(std::string_view& text, log_place at) noexcept;

/// Appends `text` so that it can neither end the line, nor the quotes around it, nor move a terminal's cursor.
///
/// Escaped are control characters (those of Unicode, and its line separators and changes of writing direction, too) and
/// bytes that are not UTF-8: as `\x1b` or `\u202e`, in JSON as JSON has it; within quotes these and backslashes as well.
template <class Line>
void append_escaped(Line& to, std::string_view text, log_place at)
{
    while (!text.empty()) {
        const auto plain = text.substr(0, plain_length(text, at));
        to.append(plain.data(), plain.data() + plain.size());
        text.remove_prefix(plain.size());
        if (text.empty()) return;
        const auto escaped = take_escaped(text, at);
        to.append(escaped.view().data(), escaped.view().data() + escaped.size());
    }
}

}  // namespace curfew::detail
