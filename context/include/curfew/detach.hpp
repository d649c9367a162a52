// Work that outlives its request, on purpose and under control.
#pragma once

#include <curfew/detail/detached_work.hpp>

#include <functional>
#include <source_location>
#include <tuple>
#include <utility>

namespace curfew {

/// Starts `f(detached_ctx, args...)` in a coroutine that nobody awaits, and returns at once.
///
/// `detached_ctx` keeps the values and the trace ID of `ctx`; it ends after `budget`, or when the server shuts down.
/// Detached work is counted, listed under `name` in the live tree, and joined at shutdown.
///
/// Preconditions: `f` returns `task<T>`; the result is dropped. `name` has static storage.
/// Errors:        an exception that leaves `f` is logged with the trace ID.
/// Threads:       any; `f` runs on the loop of `ctx`. On that loop it has run to its first suspension on return.
/// Lifetime:      `f` and `args` are kept by value: capture nothing by reference.
template <class F, class... A>
void detach(detail::context_here ctx, const char* name, duration budget, F f, A... args)
{
    auto& on    = ctx.ctx.life().loop();
    auto  begin = [ctx, name, budget, f = std::move(f), args = std::tuple<A...>(std::move(args)...)]() mutable {
        detail::home_ptr at(ctx.ctx.life().loop());
        const auto       own  = detail::detached_context(ctx.ctx, name, budget, ctx.where);
        auto             body = std::apply(
            [&](A&... each) { return detail::run_detached(at.get(), own, std::move(f), std::move(each)...); }, args);
        detail::launch_detached(std::move(at), own, std::move(body));
    };
    if (on.here())
        begin();
    else
        on.post(std::move(begin));
}

}  // namespace curfew
