#include <curfew/middleware/tracing.hpp>

namespace curfew {

void tracing::after(const context& ctx, const request& req, response& res) const
{
    if (options_.traceparent)
        res.headers().set("traceparent", ctx.trace().traceparent());
    res.headers().set("x-request-id", request_id(ctx, req));
}

fixed_text<128> request_id(const context& ctx, const request& req) noexcept
{
    fixed_text<128> id;
    const auto inbound = req.header("x-request-id");
    if (inbound && valid_request_id(*inbound))
        id.append(*inbound);
    else
        id.append(ctx.trace().id_text());
    return id;
}

}  // namespace curfew
