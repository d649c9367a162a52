#include "log_escape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace curfew::detail {
namespace {

/// The character at the front of a text; if `size` is 0, the first byte is not the beginning of one.
struct character
{
    char32_t    code = 0;
    std::size_t size = 0;
};

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept
{
    return static_cast<std::uint8_t>(text[at]);
}

/// RFC 3629: shortest form only, no surrogates, nothing above U+10FFFF.
character first_of(std::string_view text) noexcept
{
    const auto lead = byte_at(text, 0);
    if (lead < 0x80)
        return {lead, 1};

    const std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size == 0 || text.size() < size)
        return {};
    char32_t code = lead & (0xffu >> (size + 1));
    for (std::size_t i = 1; i != size; ++i) {
        if ((byte_at(text, i) & 0xc0) != 0x80)
            return {};
        code = code << 6 | (byte_at(text, i) & 0x3fu);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool                        surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < smallest[size] || surrogate || code > 0x10ffff ? character{} : character{code, size};
}

bool is_plain(char32_t code) noexcept
{
    const bool control   = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool separator = code == 0x2028 || code == 0x2029;
    const bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !separator && !direction && code != '"' && code != '\\';
}

void append_code(log_line& to, character each, std::uint8_t byte, log_format format)
{
    const auto out = std::back_inserter(to);
    if (each.code == '"' || each.code == '\\')
        fmt::format_to(out, "\\{}", static_cast<char>(each.code));
    else if (format == log_format::json)
        fmt::format_to(out, "\\u{:04x}", each.size == 0 ? 0xfffdu : static_cast<std::uint32_t>(each.code));
    else if (each.size < 2)
        fmt::format_to(out, "\\x{:02x}", byte);
    else
        fmt::format_to(out, "\\u{:04x}", static_cast<std::uint32_t>(each.code));
}

}  // namespace

void append_escaped(log_line& to, std::string_view text, log_format format)
{
    std::size_t plain = 0;  // what is before it is in the line already
    for (std::size_t at = 0; at != text.size();) {
        const auto each = first_of(text.substr(at));
        const auto next = at + (each.size == 0 ? 1 : each.size);
        if (each.size == 0 || !is_plain(each.code)) {
            to.append(text.substr(plain, at - plain));
            append_code(to, each, byte_at(text, at), format);
            plain = next;
        }
        at = next;
    }
    to.append(text.substr(plain));
}

std::string message_of(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace curfew::detail
