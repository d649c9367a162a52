#include <curfew/middleware/timeout.hpp>

#include <curfew/detail/loop.hpp>

#include <stdexcept>

namespace curfew {

timeout::timeout(duration limit, std::source_location where) : limit_(limit), where_(where)
{
    if (limit <= duration::zero())
        throw std::invalid_argument("timeout: the limit must be positive");
}

std::optional<response> timeout::before(const context& ctx, const request&) const
{
    auto&      work  = ctx.life().work();
    const auto since = work.started();
    if (limit_ < detail::node::no_deadline - since)
        work.lower_deadline(since + limit_, {deadline_origin::timeout_in_code, "", limit_, where_});
    return std::nullopt;
}

}  // namespace curfew
