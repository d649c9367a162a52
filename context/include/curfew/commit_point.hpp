// The point from which a handler finishes what it began.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <source_location>

namespace curfew {

/// Makes the rest of a handler, or of a child, immune to the end of its context, within `bound` from now.
///
/// For the step after which stopping halfway is worse than finishing for nobody. From here on, raw operations of the
/// coroutine obey the context returned, which keeps values and trace ID and is listed in the live tree, until the
/// handler (or the child, or the middleware's `next` that it is in) ends. Operations given the old `ctx` still end with
/// that: pass on the new one.
///
/// Returns: the protected context. Only its own deadline ends it.
/// Errors:  throws `context_error` if `ctx` has ended already; nothing has changed then.
/// Threads: the loop of `ctx`. In a coroutine that curfew did not start (a plain `co_spawn`) only what is given the
///          context returned is protected.
///
/// @code
/// co_await reserve(ctx, order);
/// const auto committed = co_await commit_point(ctx, 5s);
/// co_await charge(committed, order);
/// @endcode
task<context> commit_point(context ctx, duration bound, std::source_location where = std::source_location::current());

}  // namespace curfew
