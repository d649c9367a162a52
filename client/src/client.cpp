#include <curfew/client.hpp>

#include "call_target.hpp"
#include "client_call.hpp"
#include "client_core.hpp"

#include <stdexcept>
#include <utility>

namespace curfew {

namespace {

client_options checked(client_options options)
{
    if (!options.base_url.empty() && !detail::read_url(options.base_url, {}))
        throw std::invalid_argument("client: base_url " + options.base_url + ": no URL of http or https");
    return options;
}

}  // namespace

client::client(client_options options) : core_(std::make_shared<detail::client_core>(checked(std::move(options))))
{
}

client::client(std::shared_ptr<detail::client_core> core) noexcept : core_(std::move(core))
{
}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept
{
    if (core_ && core_ != other.core_) core_->close();
    core_ = std::move(other.core_);
    return *this;
}

client::~client()
{
    if (core_) core_->close();
}

task<client_response> client::send(context ctx, client_request request, std::source_location where)
{
    return detail::call(core_, std::move(ctx), std::move(request), where);
}

task<client_response> client::get(context ctx, std::string url, std::source_location where)
{
    return send(std::move(ctx), client_request(method::get, std::move(url)), where);
}

task<client_response> client::head(context ctx, std::string url, std::source_location where)
{
    return send(std::move(ctx), client_request(method::head, std::move(url)), where);
}

task<client_response> client::delete_(context ctx, std::string url, std::source_location where)
{
    return send(std::move(ctx), client_request(method::delete_, std::move(url)), where);
}

task<client_response> client::post(context ctx, std::string url, std::string body, std::string_view type,
                                   std::source_location where)
{
    return send(std::move(ctx), client_request(method::post, std::move(url)).body(std::move(body), type), where);
}

task<client_response> client::put(context ctx, std::string url, std::string body, std::string_view type,
                                  std::source_location where)
{
    return send(std::move(ctx), client_request(method::put, std::move(url)).body(std::move(body), type), where);
}

}  // namespace curfew
