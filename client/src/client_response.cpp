#include <curfew/client_response.hpp>

#include "client_exchange.hpp"

#include <utility>

namespace curfew {

client_response::client_response() noexcept = default;

client_response::client_response(std::unique_ptr<detail::client_exchange> exchange) noexcept : exchange_(std::move(exchange))
{
}

client_response::client_response(client_response&&) noexcept            = default;
client_response& client_response::operator=(client_response&&) noexcept = default;
client_response::~client_response()                                     = default;

status client_response::status() const noexcept
{
    return exchange_->status();
}

const fields& client_response::headers() const noexcept
{
    return exchange_->head();
}

const fields& client_response::trailers() const noexcept
{
    return exchange_->trailers();
}

const std::string& client_response::origin() const noexcept
{
    return exchange_->origin_text();
}

task<std::size_t> client_response::read_some(context ctx, boost::asio::mutable_buffer buffer)
{
    return exchange_->read_some(std::move(ctx), buffer);
}

task<std::string> client_response::read_all(context ctx, std::optional<std::size_t> limit)
{
    return exchange_->read_all(std::move(ctx), limit.value_or(exchange_->limits().body_size));
}

}  // namespace curfew
