#include "escape.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>

namespace curfew::detail {

namespace {

/// The length of the character that `text` begins with: 0 if it is a control character or no UTF-8 (RFC 3629).
std::size_t printable_length(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;

    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    switch (lead) {
    case 0xc2: return byte(1) >= 0xa0 ? length : 0;  // C1 control characters: terminals obey them
    case 0xe0: return byte(1) >= 0xa0 ? length : 0;
    case 0xed: return byte(1) < 0xa0 ? length : 0;  // surrogates
    case 0xf0: return byte(1) >= 0x90 ? length : 0;
    case 0xf4: return byte(1) < 0x90 ? length : 0;
    default: return length;
    }
}

template <class OnUnprintable, class OnPrintable>
void for_each_character(std::string_view text, OnUnprintable unprintable, OnPrintable printable)
{
    while (!text.empty()) {
        const auto length = printable_length(text);
        if (length == 0)
            unprintable(static_cast<unsigned char>(text[0]));
        else
            printable(text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

}  // namespace

void append_escaped(std::string& to, std::string_view text)
{
    for_each_character(
        text, [&](unsigned char c) { fmt::format_to(std::back_inserter(to), "\\x{:02x}", c); },
        [&](std::string_view c) { to += c; });
}

void append_json_escaped(std::string& to, std::string_view text)
{
    for_each_character(
        text,
        [&](unsigned char c) {
            if (c < 0x80)
                fmt::format_to(std::back_inserter(to), "\\u{:04x}", c);
            else
                fmt::format_to(std::back_inserter(to), "\\\\x{:02x}", c);
        },
        [&](std::string_view c) {
            if (c == "\"" || c == "\\") to += '\\';
            to += c;
        });
}

}  // namespace curfew::detail
