#include <curfew/client_json.hpp>

#include "client_exchange.hpp"

#include <curfew/client_error.hpp>
#include <curfew/media_type.hpp>

#include <string>
#include <utility>

namespace curfew {
namespace {

task<nlohmann::json> read(detail::client_exchange& from, context ctx)
{
    const auto type = media_type::parse(from.head().find("Content-Type").value_or(std::string_view()));
    if (!type || !type->is_json())
        throw client_error(client_errc::not_json, call_phase::read, from.origin_text(), "another content type");
    const auto text  = co_await from.read_all(std::move(ctx), from.limits().body_size);
    auto       value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) throw client_error(client_errc::not_json, call_phase::read, from.origin_text());
    co_return value;
}

task<nlohmann::json> read_success(task<client_response> answering, context ctx)
{
    auto answer = co_await std::move(answering);
    if (!answer.ok())
        throw client_error(client_errc::unexpected_status, call_phase::read, answer.origin(),
                           std::to_string(static_cast<unsigned>(answer.status())));
    co_return co_await answer.read_json(std::move(ctx));
}

}  // namespace

task<nlohmann::json> client_response::read_json(context ctx)
{
    return read(*exchange_, std::move(ctx));
}

task<nlohmann::json> client::get_json(context ctx, std::string url, std::source_location where)
{
    return read_success(get(ctx, std::move(url), where), ctx);
}

}  // namespace curfew
