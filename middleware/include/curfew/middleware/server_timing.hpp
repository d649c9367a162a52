// Shows the client where the time of its request went.
#pragma once

#include <curfew/clock.hpp>
#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

#include <string_view>

namespace curfew {

/// Middleware: answers carry `Server-Timing` (W3C), which browsers show in their developer tools.
///
/// `total` runs from the request's first byte to here; the entries of `add_timing` follow in the order they were added.
/// Anyone who gets the answer can read it: leave it out where timings would tell too much.
class server_timing
{
public:
    void after(const context& ctx, const request& req, response& res) const;
};

/// Adds an entry to the `Server-Timing` of the request that `ctx` belongs to. Without that middleware it is not shown.
///
/// The first entry of a request costs an allocation; a request without entries costs none. What is added once the answer's
/// head is made, or in detached work, is not shown.
/// Preconditions: `name` is a token, such as `db` or `cache-read`.
/// Errors:        `std::invalid_argument` if it is none.
/// Threads:       on the loop of `ctx` only.
void add_timing(const context& ctx, std::string_view name, duration took);

}  // namespace curfew
