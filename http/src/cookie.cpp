#include <curfew/cookie.hpp>

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <stdexcept>

namespace curfew {

namespace {

// cookie-octet: visible ASCII but quote, comma, semicolon and backslash.
constexpr bool is_cookie_char(char c) noexcept
{
    return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

constexpr bool is_attribute_char(char c) noexcept
{
    return c >= ' ' && c < 0x7f && c != ';';
}

[[noreturn]] void refuse(const set_cookie& cookie, const char* why)
{
    throw std::invalid_argument("cookie " + cookie.name + ": " + why);
}

void check(const set_cookie& cookie)
{
    if (!detail::is_token(cookie.name))
        throw std::invalid_argument("cookie: the name is not a token");
    if (!std::ranges::all_of(cookie.value, is_cookie_char))
        refuse(cookie, "the value holds a character that has to be encoded");
    if (!std::ranges::all_of(cookie.path, is_attribute_char) || !std::ranges::all_of(cookie.domain, is_attribute_char))
        refuse(cookie, "path or domain hold a semicolon or a control character");
    if (cookie.same_site == same_site::none && !cookie.secure)
        refuse(cookie, "same_site::none needs secure");
    if (cookie.name.starts_with("__Secure-") && !cookie.secure)
        refuse(cookie, "its prefix needs secure");
    if (cookie.name.starts_with("__Host-") && (!cookie.secure || cookie.path != "/" || !cookie.domain.empty()))
        refuse(cookie, "its prefix needs secure, the path / and no domain");
}

std::string_view to_string(same_site policy) noexcept
{
    switch (policy) {
    case same_site::strict:
        return "Strict";
    case same_site::lax:
        return "Lax";
    case same_site::none:
        return "None";
    }
    return {};
}

} // namespace

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) noexcept
{
    while (!header.empty()) {
        auto value = detail::trim(detail::take_until(header, ';'));
        if (value.find('=') == value.npos || detail::take_until(value, '=') != name)
            continue;
        const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
        return quoted ? value.substr(1, value.size() - 2) : value;
    }
    return std::nullopt;
}

std::string format_set_cookie(const set_cookie& cookie)
{
    check(cookie);

    std::string text = cookie.name + '=' + cookie.value;
    if (!cookie.path.empty())
        text += "; Path=" + cookie.path;
    if (!cookie.domain.empty())
        text += "; Domain=" + cookie.domain;
    if (cookie.max_age)
        text += "; Max-Age=" + std::to_string(cookie.max_age->count());
    if (cookie.secure)
        text += "; Secure";
    if (cookie.http_only)
        text += "; HttpOnly";
    text += "; SameSite=";
    text += to_string(cookie.same_site);
    return text;
}

} // namespace curfew
