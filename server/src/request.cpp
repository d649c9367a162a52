#include <curfew/request.hpp>

#include "request_data.hpp"
#include "route_table.hpp"

#include <curfew/cookie.hpp>
#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace curfew {
namespace {

constexpr std::size_t smallest_read = 4 * 1024;
constexpr std::size_t largest_read  = 64 * 1024;

[[noreturn]] void too_large()
{
    throw http_error(status::content_too_large, "the request body is too large");
}

task<std::size_t> nothing()
{
    co_return 0;
}

task<std::string> read_to_end(request req, context ctx, std::size_t limit)
{
    const auto announced = req.content_length();
    if (announced && *announced > limit)
        too_large();

    // The announced length is a claim: memory follows the bytes that arrive.
    std::string body;
    std::size_t used = 0;
    for (;;) {
        if (announced && used == *announced)
            break;
        auto room = std::clamp(used, smallest_read, largest_read);
        if (announced)
            room = static_cast<std::size_t>(std::min<std::uint64_t>(room, *announced - used));
        body.resize(used + room);
        const auto count = co_await req.read_some(ctx, boost::asio::buffer(body.data() + used, room));
        used += count;
        if (count == 0)
            break;
        if (used > limit)
            too_large();
    }
    body.resize(used);
    co_return body;
}

task<query_params> read_form_body(request req, context ctx)
{
    if (!detail::iequals(req.content_type(), "application/x-www-form-urlencoded"))
        throw http_error(status::unsupported_media_type, "the body must be application/x-www-form-urlencoded");

    const auto text   = co_await req.read_all(std::move(ctx));
    auto       params = parse_query(text);
    if (!params)
        throw http_error(status::bad_request, "the body is not a valid form");
    co_return std::move(*params);
}

template <class Number>
bool parse_whole(std::string_view text, Number& out) noexcept
{
    const auto* const end    = text.data() + text.size();
    const auto        result = std::from_chars(text.data(), end, out);
    return result.ec == std::errc() && result.ptr == end;
}

}  // namespace

bool detail::parse_number(std::string_view text, long long& out) noexcept
{
    return parse_whole(text, out);
}

bool detail::parse_number(std::string_view text, unsigned long long& out) noexcept
{
    return parse_whole(text, out);
}

bool detail::parse_number(std::string_view text, double& out) noexcept
{
    return parse_whole(text, out);
}

curfew::method request::method() const noexcept
{
    return data_->head->method;
}

std::string_view request::target() const noexcept
{
    return data_->head->target;
}

std::string_view request::path() const noexcept
{
    return data_->head->path;
}

std::string_view request::query_string() const noexcept
{
    return data_->head->query;
}

std::string_view request::host() const noexcept
{
    return data_->head->authority;
}

unsigned request::http_version() const noexcept
{
    return data_->head->version;
}

std::string_view request::peer() const noexcept
{
    return data_->peer;
}

std::string_view request::route() const noexcept
{
    return data_->route ? std::string_view(data_->route->pattern) : std::string_view();
}

std::optional<std::string_view> request::header(std::string_view name) const noexcept
{
    return data_->head->find(name);
}

std::vector<std::string_view> request::header_all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const auto& field : data_->head->fields) {
        if (detail::iequals(field.name, name))
            values.push_back(field.value);
    }
    return values;
}

fields request::headers() const
{
    fields copy;
    for (const auto& field : data_->head->fields)
        copy.append(field.name, field.value);
    return copy;
}

std::string_view request::content_type() const noexcept
{
    auto value = header("Content-Type").value_or(std::string_view());
    return detail::trim(detail::take_until(value, ';'));
}

std::optional<std::uint64_t> request::content_length() const noexcept
{
    return data_->head->content_length;
}

std::optional<std::string> request::cookie(std::string_view name) const
{
    for (const auto& field : data_->head->fields) {
        if (!detail::iequals(field.name, "Cookie"))
            continue;
        if (const auto value = find_cookie(field.value, name))
            return std::string(*value);
    }
    return std::nullopt;
}

std::string request::path_param(std::string_view name) const
{
    if (data_->route) {
        const auto& names = data_->route->parameters;
        const auto  found = std::find(names.begin(), names.end(), name);
        if (found != names.end())
            return std::string(data_->params[static_cast<std::size_t>(found - names.begin())]);
    }
    throw std::out_of_range("route '" + std::string(route()) + "' has no parameter '" + std::string(name) + "'");
}

query_params request::query() const
{
    auto params = parse_query(data_->head->query);
    if (!params)
        throw http_error(status::bad_request, "the query is malformed");
    return std::move(*params);
}

std::string request::query(std::string_view name, std::string_view fallback) const
{
    return std::string(query().find(name).value_or(fallback));
}

std::optional<std::string> request::find_query(std::string_view name) const
{
    const auto params = query();
    const auto value  = params.find(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

std::vector<std::string> request::query_all(std::string_view name) const
{
    const auto params = query();
    const auto values = params.find_all(name);
    return {values.begin(), values.end()};
}

void request::limit_body(std::uint64_t bytes) const noexcept
{
    if (data_->head->has_body())
        data_->source->limit_size(bytes);
}

task<std::size_t> request::read_some(context ctx, boost::asio::mutable_buffer buffer) const
{
    return data_->head->has_body() ? data_->source->read_some(std::move(ctx), buffer) : nothing();
}

task<std::string> request::read_all(context ctx, std::size_t limit) const
{
    return read_to_end(*this, std::move(ctx), limit);
}

task<query_params> request::read_form(context ctx) const
{
    return read_form_body(*this, std::move(ctx));
}

void request::not_a_number(std::string_view what, std::string_view name)
{
    throw http_error(status::bad_request,
                     std::string(what) + " '" + std::string(name) + "' must be a number within its range");
}

}  // namespace curfew
