// Character classes and comparisons of HTTP's grammar (RFC 9110 §5), independent of the locale.
#pragma once

#include <algorithm>
#include <cstddef>
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

/// `tchar`: what names, methods and parameters are made of.
constexpr bool is_token_char(char c) noexcept
{
    return is_digit(c) || is_alpha(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

/// `field-vchar`, space and tab: what a field value may hold. Bytes above 0x7f are opaque but allowed.
constexpr bool is_field_char(char c) noexcept
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
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
