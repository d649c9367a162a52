#include <curfew/middleware/body_limit.hpp>

#include <curfew/status.hpp>

namespace curfew {

std::optional<response> body_limit::before(const context&, const request& req) const
{
    if (req.content_length().value_or(0) > limit_)
        return problem_response(status::content_too_large, "the request body is too large");
    req.limit_body(limit_);
    return std::nullopt;
}

}  // namespace curfew
