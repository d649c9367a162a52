#include "own_service.hpp"

#include "failed_call.hpp"

#include <curfew/client_json.hpp>
#include <curfew/http_error.hpp>

#include <optional>
#include <utility>

namespace demo {
namespace {

// A request that waits for others of its kind must not take the places that they need.
curfew::client_options for_nested_calls()
{
    curfew::client_options options;
    options.pool.connections = 4096;
    return options;
}

curfew::http_error no_success(const std::string& what, curfew::status answer)
{
    const bool late = answer == curfew::status::gateway_timeout;
    return {late ? answer : curfew::status::bad_gateway, what + " answered " + std::to_string(curfew::to_int(answer))};
}

}  // namespace

own_service::own_service() : api_(for_nested_calls())
{
}

void own_service::listens_on(std::string_view address)
{
    url_ = "http://" + std::string(address);
}

curfew::task<nlohmann::json> own_service::get_json(curfew::context ctx, std::string what, std::string target)
{
    if (url_.empty())
        throw curfew::http_error(curfew::status::service_unavailable, "the service listens on no TCP address to call");
    try {
        auto answer = co_await api_.get(ctx, url_ + target);
        if (!answer.ok())
            throw no_success(what, answer.status());
        co_return co_await answer.read_json(ctx);
    } catch (const curfew::client_error& error) {
        throw failed_call(ctx, what, error);
    }
}

}  // namespace demo
