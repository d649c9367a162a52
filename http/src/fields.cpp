#include <curfew/fields.hpp>

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <stdexcept>

namespace curfew {

namespace {

constexpr std::string_view separator = ": ";
constexpr std::string_view line_end = "\r\n";

std::size_t line_length(std::string_view lines) noexcept
{
    return lines.find('\r') + line_end.size();
}

// Whether the first of the lines has this name.
bool has_name(std::string_view lines, std::string_view name) noexcept
{
    return lines.size() > name.size() && lines[name.size()] == ':' && detail::iequals(lines.substr(0, name.size()), name);
}

// Returns the value without the whitespace around it.
std::string_view checked(std::string_view name, std::string_view value)
{
    if (!detail::is_token(name))
        throw std::invalid_argument("header field: the name is not a token");
    if (!detail::is_field_text(value))
        throw std::invalid_argument("header field " + std::string(name) + ": the value holds a control character");
    return detail::trim(value);
}

} // namespace

field fields::const_iterator::operator*() const noexcept
{
    const auto line = rest_.substr(0, rest_.find('\r'));
    const auto colon = line.find(':');
    return {line.substr(0, colon), line.substr(colon + separator.size())};
}

fields::const_iterator& fields::const_iterator::operator++() noexcept
{
    rest_.remove_prefix(line_length(rest_));
    return *this;
}

fields::const_iterator fields::const_iterator::operator++(int) noexcept
{
    const auto before = *this;
    ++*this;
    return before;
}

fields::fields(std::initializer_list<field> lines)
{
    for (const auto& line : lines)
        append(line.name, line.value);
}

void fields::append(std::string_view name, std::string_view value)
{
    add(name, checked(name, value));
}

void fields::set(std::string_view name, std::string_view value)
{
    set_unchecked(name, checked(name, value));
}

void fields::replace(std::string_view name, std::string_view value)
{
    for (std::size_t at = 0; at < lines_.size();) {
        const auto here = wire().substr(at);
        const auto length = line_length(here);
        if (!has_name(here, name)) {
            at += length;
            continue;
        }
        const auto value_at = at + name.size() + separator.size();
        lines_.replace(value_at, at + length - line_end.size() - value_at, value);
        erase_behind(value_at + value.size() + line_end.size(), name);
        return;
    }
    add(name, value);
}

std::size_t fields::erase(std::string_view name) noexcept
{
    return may_contain(mark(name)) ? erase_behind(0, name) : 0;
}

std::size_t fields::erase_behind(std::size_t at, std::string_view name) noexcept
{
    std::size_t erased = 0;
    while (at < lines_.size()) {
        const auto here = wire().substr(at);
        const auto length = line_length(here);
        if (has_name(here, name)) {
            lines_.erase(at, length);
            ++erased;
        } else {
            at += length;
        }
    }
    return erased;
}

std::optional<std::string_view> fields::search(std::string_view name) const noexcept
{
    for (const auto line : *this)
        if (detail::iequals(line.name, name))
            return line.value;
    return std::nullopt;
}

std::vector<std::string_view> fields::find_all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const auto line : *this)
        if (detail::iequals(line.name, name))
            values.push_back(line.value);
    return values;
}

bool fields::has_token(std::string_view name, std::string_view token) const noexcept
{
    if (!may_contain(mark(name)))
        return false;
    for (const auto line : *this) {
        if (!detail::iequals(line.name, name))
            continue;
        for (auto list = line.value; !list.empty();)
            if (detail::iequals(detail::trim(detail::take_until(list, ',')), token))
                return true;
    }
    return false;
}

} // namespace curfew
