#include <curfew/fields.hpp>

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <stdexcept>

namespace curfew {

namespace {

constexpr std::string_view separator = ": ";
constexpr std::string_view line_end = "\r\n";

// Enough for the fields of a typical answer, so that building one allocates once.
constexpr std::size_t usual_size = 192;

std::size_t line_length(std::string_view lines) noexcept
{
    return lines.find('\r') + line_end.size();
}

// Returns the value without the whitespace around it.
std::string_view checked(std::string_view name, std::string_view value)
{
    if (!detail::is_token(name))
        throw std::invalid_argument("header field: the name is not a token");
    if (!std::ranges::all_of(value, detail::is_field_char))
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
    value = checked(name, value);
    if (lines_.empty())
        lines_.reserve(usual_size);
    lines_.append(name).append(separator).append(value).append(line_end);
}

void fields::set(std::string_view name, std::string_view value)
{
    value = checked(name, value);
    for (auto line = begin(); line != end(); ++line) {
        const field old = *line;
        if (!detail::iequals(old.name, name))
            continue;
        const auto value_at = static_cast<std::size_t>(old.value.data() - lines_.data());
        lines_.replace(value_at, old.value.size(), value);

        erase_behind(value_at + value.size() + line_end.size(), name);
        return;
    }
    append(name, value);
}

std::size_t fields::erase(std::string_view name) noexcept
{
    return erase_behind(0, name);
}

std::size_t fields::erase_behind(std::size_t at, std::string_view name) noexcept
{
    std::size_t erased = 0;
    while (at < lines_.size()) {
        const auto here = std::string_view(lines_).substr(at);
        const auto length = line_length(here);
        if (detail::iequals(here.substr(0, here.find(':')), name)) {
            lines_.erase(at, length);
            ++erased;
        } else {
            at += length;
        }
    }
    return erased;
}

std::optional<std::string_view> fields::find(std::string_view name) const noexcept
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
