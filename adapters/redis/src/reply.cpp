#include <curfew/adapters/redis/reply.hpp>

#include <curfew/adapters/redis/error.hpp>

#include <array>
#include <charconv>

namespace curfew::redis {

std::string_view to_string(reply_type type) noexcept
{
    constexpr std::array<std::string_view, 6> names{"nil", "a status", "a string", "an integer", "an array", "an error"};
    return names[static_cast<std::size_t>(type)];
}

reply reply::integer(std::int64_t number)
{
    reply made;
    made.type_   = reply_type::integer;
    made.number_ = number;
    return made;
}

reply reply::array(std::vector<reply> elements)
{
    reply made;
    made.type_     = reply_type::array;
    made.elements_ = std::move(elements);
    return made;
}

reply reply::text(reply_type type, std::string text)
{
    reply made;
    made.type_ = type;
    made.text_ = std::move(text);
    return made;
}

void reply::wrong(const char* wanted) const
{
    std::string what("redis: the reply is ");
    what.append(to_string(type_));
    if (is_error()) what.append(" (").append(text_).append(")");
    throw error(errc::wrong_type, what.append(", not ").append(wanted));
}

const std::string& reply::text() const
{
    if (type_ != reply_type::status && type_ != reply_type::string && type_ != reply_type::error) wrong("a text");
    return text_;
}

std::int64_t reply::integer() const
{
    if (type_ == reply_type::integer) return number_;
    if (type_ != reply_type::string) wrong("an integer");
    std::int64_t number = 0;
    const auto   end    = text_.data() + text_.size();
    const auto   read   = std::from_chars(text_.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) wrong("an integer");
    return number;
}

const std::vector<reply>& reply::elements() const
{
    if (type_ != reply_type::array) wrong("an array");
    return elements_;
}

const reply& reply::operator[](std::size_t index) const
{
    const auto& all = elements();
    if (index >= all.size()) wrong("an array of that many elements");
    return all[index];
}

std::optional<std::string> reply::optional_text() const
{
    return is_nil() ? std::nullopt : std::optional(text());
}

}  // namespace curfew::redis
