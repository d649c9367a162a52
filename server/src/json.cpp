#include <curfew/json.hpp>

#include <curfew/http_error.hpp>
#include <curfew/detail/ascii.hpp>

#include <string>
#include <utility>

namespace curfew {
namespace {

bool is_json(std::string_view type)
{
    constexpr std::string_view suffix = "+json";
    return detail::iequals(type, "application/json") ||
           (type.size() > suffix.size() && detail::iequals(type.substr(type.size() - suffix.size()), suffix));
}

task<nlohmann::json> read(request req, context ctx)
{
    if (!is_json(req.content_type()))
        throw http_error(status::unsupported_media_type, "the body must be application/json");

    const auto text  = co_await req.read_all(std::move(ctx));
    auto       value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded())
        throw http_error(status::bad_request, "the body is not valid JSON");
    co_return value;
}

}  // namespace

response json(status code, const nlohmann::json& value)
{
    return response(code, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), content_types::json);
}

task<nlohmann::json> request::read_json(context ctx) const
{
    return read(*this, std::move(ctx));
}

}  // namespace curfew
