#include <curfew/commit_point.hpp>

#include <curfew/detail/home.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/protection.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace curfew {

task<context> commit_point(context ctx, duration bound, std::source_location where)
{
    ctx.throw_if_done();
    const boost::asio::cancellation_state own = co_await boost::asio::this_coro::cancellation_state;
    auto* const                           at  = detail::find_home(ctx.node(), own.slot());
    if (!at) co_return detail::protected_context({ctx, where}, bound, "commit_point");
    context committed = detail::committed_context({ctx, where}, bound);
    at->retarget(&committed.life());
    co_return committed;
}

}  // namespace curfew
