// Other programs under a context: started, fed, read, stopped, and always waited for.
#pragma once

#include <curfew/adapters/process/child.hpp>
#include <curfew/adapters/process/command.hpp>
#include <curfew/adapters/process/error.hpp>
#include <curfew/adapters/process/exit_status.hpp>
#include <curfew/adapters/process/result.hpp>
#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::process {

using curfew::detail::context_here;

/// Runs a program to its end and collects what it writes.
///
/// Preconditions: SIGCHLD is not ignored.
/// Completes:     when the program has ended and has been waited for, on every path. What it left running in its process
///                group has been killed.
/// Returns:       how it ended and what it wrote. An exit code other than 0 is no error.
/// Errors:        throws `context_error` if `ctx` ended first; `system_error` naming the program: the system's reason if it
///                cannot be started, or one of `errc`.
/// Cancellation:  canceling `ctx` or the awaiting coroutine (any type): SIGTERM to its process group, SIGKILL after
///                `grace`. Its output is read and dropped meanwhile, so that it can end.
/// Threads:       on the loop of `ctx`, which is held up while the program is being started (about 1 ms).
///
/// @code
/// process::command sort("sort", {"-n"});
/// sort.input = numbers;
/// auto sorted = co_await process::run(ctx, sort);
/// @endcode
task<result> run(context_here ctx, command what);

/// The same without an exception: gives the error, and the result if there is none.
task<std::tuple<error_code, result>> run(context_here ctx, decltype(nothrow)&, command what);

namespace detail {
using conversation = std::function<task<>(child&, context)>;
task<exit_status> run_with(context_here ctx, command what, conversation talk);
}  // namespace detail

/// Runs a program and calls `f(child&, context)`, which talks to it.
///
/// When `f` returns, the program's input is closed, what it still writes is dropped, and its end is waited for. When `f`
/// throws, the program is stopped as by a cancel. Its error output goes nowhere if it is to be captured.
///
/// Preconditions: `f` returns `task<>`.
/// Completes:     when the program has ended and has been waited for, on every path.
/// Returns:       how it ended.
/// Errors:        what `f` threw; else as the other form.
/// Cancellation:  as the other form; the context that `f` is given ends as well.
/// Lifetime:      `f` is borrowed until completion: name it before the `co_await`.
template <class F>
    requires std::is_invocable_v<F&, child&, context>
task<exit_status> run(context_here ctx, command what, F& f)
{
    return detail::run_with(std::move(ctx), std::move(what), std::ref(f));
}

}  // namespace curfew::process
