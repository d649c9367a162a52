// Character classes and comparisons of HTTP's grammar (RFC 9110 §5), independent of the locale.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace curfew::detail {

constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

constexpr bool is_alpha(char c) noexcept
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr char to_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

inline constexpr auto token_chars = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 128; ++c)
        table[static_cast<std::size_t>(c)] = is_digit(static_cast<char>(c)) || is_alpha(static_cast<char>(c));
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// `tchar`: what names, methods and parameters are made of.
constexpr bool is_token_char(char c) noexcept
{
    return token_chars[static_cast<unsigned char>(c)];
}

constexpr bool is_token(std::string_view text) noexcept
{
    bool good = !text.empty();
    for (const char c : text)
        good &= is_token_char(c);
    return good;
}

/// `field-vchar`, space and tab: what a field value may hold. Bytes above 0x7f are opaque but allowed.
constexpr bool is_field_char(char c) noexcept
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

/// Tells whether a value is made of `is_field_char` only. Looks at eight bytes at a time, as most values have none to object to.
inline bool is_field_text(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    constexpr std::size_t   step = sizeof(std::uint64_t);
    std::uint64_t           suspect = 0;
    const auto look = [&](const char* at) {
        std::uint64_t bytes;
        std::memcpy(&bytes, at, step);
        const std::uint64_t deleted = bytes ^ (0x7f * ones);
        // Each term has a top bit set if some byte is below 0x20, or is 0x7f. A borrow may add others, never hide one.
        suspect |= ((bytes - 0x20 * ones) & ~bytes) | ((deleted - ones) & ~deleted);
    };
    if (text.size() >= step) {
        for (std::size_t at = 0; at + step < text.size(); at += step)
            look(text.data() + at);
        look(text.data() + text.size() - step);
        if ((suspect & tops) == 0)
            return true;
    }
    return std::ranges::all_of(text, is_field_char);
}

constexpr bool is_space(char c) noexcept
{
    return c == ' ' || c == '\t';
}

/// Removes spaces and tabs (`OWS`) from both ends.
constexpr std::string_view trim(std::string_view text) noexcept
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Compares without regard to the case of ASCII letters.
constexpr bool iequals(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// Cuts `text` at the first `separator`: returns what is before it and leaves what is behind it (nothing if absent).
constexpr std::string_view take_until(std::string_view& text, char separator) noexcept
{
    const std::size_t at = text.find(separator);
    const std::string_view head = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return head;
}

} // namespace curfew::detail
