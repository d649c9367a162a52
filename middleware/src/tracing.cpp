#include <curfew/middleware/tracing.hpp>

#include <optional>
#include <string_view>

namespace curfew {

namespace {

// Lifetime: of the request.
std::optional<std::string_view> inbound_id(const request& req) noexcept
{
    const auto id = req.header("x-request-id");
    return id && valid_request_id(*id) ? id : std::nullopt;
}

}  // namespace

void tracing::after(const context& ctx, const request& req, response& res) const
{
    const auto parent  = ctx.trace().traceparent();
    const auto id      = parent.view().substr(sizeof "00-" - 1, 2 * sizeof(trace_id));
    auto&      headers = res.headers();
    if (options_.traceparent)
        headers.set_unchecked("traceparent", parent);
    headers.set_unchecked("x-request-id", inbound_id(req).value_or(id));
}

fixed_text<128> request_id(const context& ctx, const request& req) noexcept
{
    fixed_text<128> id;
    if (const auto inbound = inbound_id(req))
        id.append(*inbound);
    else
        id.append(ctx.trace().id_text());
    return id;
}

}  // namespace curfew
