// What goes on after the request that started it has ended.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/task.hpp>

#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Derives the context of detached work: listed under, and ended with, its loop's `detached_root`.
/// On the loop's thread only.
context detached_context(const context& from, const char* name, duration budget, std::source_location where);

/// The same without a deadline.
context detached_context(const context& from, const char* name, std::source_location where);

/// Runs the coroutine on its context's loop, counted; logs what it throws.
void launch_detached(home_ptr at, const context& ctx, task<> body);

/// Keeps the function that it runs.
template <class F, class... A>
task<> run_detached(home* at, context ctx, F f, A... args)
{
    auto running = run_child(at, std::move(ctx), f, no_result::nowhere(), std::move(args)...);
    co_await std::move(running);
}

}  // namespace curfew::detail
