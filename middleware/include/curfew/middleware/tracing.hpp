// Tells the client which trace its request belongs to.
#pragma once

#include <curfew/context.hpp>
#include <curfew/fixed_text.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

namespace curfew {

struct tracing_options
{
    /// Whether answers carry `traceparent`, too: a convenience that no standard asks for. Default yes.
    bool traceparent = true;
};

/// Middleware: answers carry `x-request-id` and `traceparent`.
///
/// Only the answer is its work: `ctx.trace()` is right without it, from before the first hook on, as the server reads the
/// inbound `traceparent` and `tracestate` together with the head. A field of the same name in the answer is replaced.
class tracing
{
public:
    explicit tracing(tracing_options options = {}) noexcept : options_(options) {}

    void after(const context& ctx, const request& req, response& res) const;

private:
    tracing_options options_;
};

/// The ID under which the client may ask for this request: its own `x-request-id` if that is valid, else the trace ID.
[[nodiscard]] fixed_text<128> request_id(const context& ctx, const request& req) noexcept;

}  // namespace curfew
