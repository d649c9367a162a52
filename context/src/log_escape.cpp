#include <curfew/detail/log_escape.hpp>

#include <array>

namespace curfew::detail {

namespace {

/// The character at the front of a text; if `size` is 0, the first byte is not the beginning of one.
struct character {
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
    if (lead < 0x80) return {lead, 1};

    const std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size == 0 || text.size() < size) return {};
    char32_t code = lead & (0xffu >> (size + 1));
    for (std::size_t i = 1; i != size; ++i) {
        if ((byte_at(text, i) & 0xc0) != 0x80) return {};
        code = code << 6 | (byte_at(text, i) & 0x3fu);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool                        surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < smallest[size] || surrogate || code > 0x10ffff ? character{} : character{code, size};
}

bool is_plain(char32_t code, log_place at) noexcept
{
    if (code == '"' || code == '\\') return at == log_place::bare;
    const bool control   = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool separator = code == 0x2028 || code == 0x2029;
    const bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !separator && !direction;
}

void append_hex(fixed_text<8>& to, std::uint32_t number, int digits) noexcept
{
    while (digits-- != 0) to.push_back("0123456789abcdef"[number >> (4 * digits) & 0xf]);
}

}  // namespace

std::size_t plain_length(std::string_view text, log_place at) noexcept
{
    std::size_t length = 0;
    while (length != text.size()) {
        const auto each = first_of(text.substr(length));
        if (each.size == 0 || !is_plain(each.code, at)) break;
        length += each.size;
    }
    return length;
}

fixed_text<8> take_escaped(std::string_view& text, log_place at) noexcept
{
    const auto    each = first_of(text);
    fixed_text<8> escaped;
    if (each.code == '"' || each.code == '\\') {
        escaped.push_back('\\');
        escaped.push_back(text[0]);
    } else if (each.size > 1 || (each.size == 1 && at == log_place::json)) {
        escaped.append("\\u");
        append_hex(escaped, static_cast<std::uint32_t>(each.code), 4);
    } else {
        escaped.append(at == log_place::json ? "\\\\x" : "\\x");  // JSON has no bytes: it says so in characters
        append_hex(escaped, byte_at(text, 0), 2);
    }
    text.remove_prefix(each.size == 0 ? 1 : each.size);
    return escaped;
}

}  // namespace curfew::detail
