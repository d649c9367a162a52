#include <curfew/detail/wait_in_queue.hpp>

#include <curfew/error.hpp>

namespace curfew::detail {

void throw_from_queue(const context& ctx, const error_code& ec, const char* name)
{
    if (ec == cond::canceled) throw context_error(ctx.cause());
    throw boost::system::system_error(ec, name);
}

}  // namespace curfew::detail
