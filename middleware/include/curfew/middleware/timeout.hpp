// Bounds the time that requests take.
#pragma once

#include <curfew/clock.hpp>
#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

#include <optional>
#include <source_location>

namespace curfew {

/// Middleware: lowers the request's own deadline to `limit` after its first byte; a sooner one stays in force.
///
/// As it is the request's deadline and not that of a derived context, it covers everything: the middlewares around this
/// one, the handler, and a streamed body. The cause tells it from every other by its origin, `timeout_in_code`, and by
/// the place of this call.
class timeout
{
public:
    /// Errors: `std::invalid_argument` unless `limit` is positive.
    explicit timeout(duration limit, std::source_location where = std::source_location::current());

    std::optional<response> before(const context& ctx, const request& req) const;

private:
    duration             limit_;
    std::source_location where_;
};

}  // namespace curfew
