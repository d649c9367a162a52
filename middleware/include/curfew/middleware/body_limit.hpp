// Bounds the size of request bodies.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

#include <cstdint>
#include <optional>

namespace curfew {

/// Middleware: refuses bodies of more than `limit` bytes with 413.
///
/// An announced size is refused before the handler is called; a chunked body when the handler reads beyond the limit.
/// It only lowers: what the server allows is raised by `route_options::body_limit`.
class body_limit
{
public:
    explicit body_limit(std::uint64_t limit) noexcept : limit_(limit) {}

    std::optional<response> before(const context& ctx, const request& req) const;

private:
    std::uint64_t limit_;
};

}  // namespace curfew
