#include <curfew/client_request.hpp>

#include <stdexcept>

namespace curfew {

client_request::client_request(curfew::method m, std::string url)
    : method_(m), url_(std::move(url)), idempotent_(is_idempotent(m))
{
    if (m == curfew::method::unknown || m == curfew::method::connect)
        throw std::invalid_argument("client request: a method that the client does not send");
}

client_request& client_request::header(std::string_view name, std::string_view value) &
{
    headers_.set(name, value);
    return *this;
}

client_request& client_request::body(std::string bytes, std::string_view type) &
{
    headers_.set("Content-Type", type);
    body_ = std::move(bytes);
    producer_.reset();
    has_body_ = true;
    return *this;
}

client_request& client_request::stream(body_producer produce, std::string_view type, std::optional<std::uint64_t> length) &
{
    headers_.set("Content-Type", type);
    body_.clear();
    producer_.emplace(std::move(produce));
    length_   = length;
    has_body_ = true;
    return *this;
}

void client_request::become_get() noexcept
{
    if (method_ != curfew::method::head) method_ = curfew::method::get;
    idempotent_ = true;
    for (const auto name : {"Content-Type", "Content-Encoding", "Content-Language", "Content-Location"}) headers_.erase(name);
    body_.clear();
    producer_.reset();
    length_.reset();
    has_body_ = false;
}

}  // namespace curfew
