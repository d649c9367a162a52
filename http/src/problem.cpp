#include <curfew/problem.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace curfew {

namespace {

constexpr std::string_view standard_members[] = {"type", "title", "status", "detail", "instance"};

// Never throws on text that is not UTF-8: an error answer is the wrong place to fail once more.
std::string quoted(std::string_view text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_member(std::string& object, std::string_view name, std::string_view json)
{
    object += object.empty() ? '{' : ',';
    object += quoted(name);
    object += ':';
    object += json;
}

void append_text(std::string& object, std::string_view name, std::string_view text)
{
    if (!text.empty())
        append_member(object, name, quoted(text));
}

} // namespace

problem::problem(curfew::status status) : status_(status), title_(reason_phrase(status)) {}

problem& problem::type(std::string uri)
{
    type_ = std::move(uri);
    return *this;
}

problem& problem::title(std::string text)
{
    title_ = std::move(text);
    return *this;
}

problem& problem::detail(std::string text)
{
    detail_ = std::move(text);
    return *this;
}

problem& problem::instance(std::string uri)
{
    instance_ = std::move(uri);
    return *this;
}

problem& problem::with(std::string_view name, std::string_view text)
{
    return with_json(name, quoted(text));
}

problem& problem::with_number(std::string_view name, double value)
{
    return with_json(name, nlohmann::json(value).dump());
}

problem& problem::with_json(std::string_view name, std::string json)
{
    const bool taken = std::ranges::find(standard_members, name) != std::end(standard_members) ||
                       std::ranges::find(members_, name, &std::pair<std::string, std::string>::first) != members_.end();
    if (taken)
        throw std::invalid_argument("problem member " + quoted(name) + ": the name is taken");
    if (!nlohmann::json::accept(json))
        throw std::invalid_argument("problem member " + quoted(name) + ": the value is not JSON");
    members_.emplace_back(name, std::move(json));
    return *this;
}

std::string problem::to_json() const
{
    std::string object;
    append_text(object, "type", type_);
    append_text(object, "title", title_);
    append_member(object, "status", std::to_string(to_int(status_)));
    append_text(object, "detail", detail_);
    append_text(object, "instance", instance_);
    for (const auto& [name, json] : members_)
        append_member(object, name, json);
    object += '}';
    return object;
}

} // namespace curfew
