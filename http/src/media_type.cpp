#include <curfew/media_type.hpp>

#include <curfew/detail/ascii.hpp>

#include <algorithm>

namespace curfew {

namespace {

std::string_view take_token(std::string_view& text) noexcept
{
    const auto end = std::ranges::find_if_not(text, detail::is_token_char);
    const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(token.size());
    return token;
}

bool take(std::string_view& text, char expected) noexcept
{
    if (!text.starts_with(expected))
        return false;
    text.remove_prefix(1);
    return true;
}

void skip_space(std::string_view& text) noexcept
{
    while (!text.empty() && detail::is_space(text.front()))
        text.remove_prefix(1);
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), detail::to_lower);
    return result;
}

// Reads what follows the opening quote, up to and with the closing one.
std::optional<std::string> take_quoted(std::string_view& text)
{
    std::string value;
    while (!text.empty()) {
        if (take(text, '"'))
            return value;
        take(text, '\\');
        if (text.empty() || !detail::is_field_char(text.front()))
            break;
        value += text.front();
        text.remove_prefix(1);
    }
    return std::nullopt;
}

std::optional<std::string> take_value(std::string_view& text)
{
    if (take(text, '"'))
        return take_quoted(text);
    const auto token = take_token(text);
    return token.empty() ? std::nullopt : std::optional<std::string>(token);
}

} // namespace

std::optional<media_type> media_type::parse(std::string_view text)
{
    media_type parsed;
    text = detail::trim(text);
    parsed.type_ = lower(take_token(text));
    const bool slash = take(text, '/');
    parsed.subtype_ = lower(take_token(text));
    if (!slash || parsed.type_.empty() || parsed.subtype_.empty())
        return std::nullopt;

    for (skip_space(text); !text.empty(); skip_space(text)) {
        if (!take(text, ';'))
            return std::nullopt;
        skip_space(text);
        const auto name = take_token(text);
        if (name.empty())
            continue; // an empty parameter is allowed
        auto value = take(text, '=') ? take_value(text) : std::nullopt;
        if (!value)
            return std::nullopt;
        parsed.params_.emplace_back(lower(name), *std::move(value));
    }
    return parsed;
}

bool media_type::is(std::string_view name) const noexcept
{
    const auto wanted_type = detail::take_until(name, '/');
    return detail::iequals(type_, wanted_type) && detail::iequals(subtype_, name);
}

bool media_type::is_json() const noexcept
{
    return is("application/json") || subtype_.ends_with("+json");
}

std::optional<std::string_view> media_type::param(std::string_view name) const noexcept
{
    for (const auto& [known, value] : params_)
        if (detail::iequals(known, name))
            return value;
    return std::nullopt;
}

} // namespace curfew
