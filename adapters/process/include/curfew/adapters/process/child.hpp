// A running program, to talk to.
#pragma once

#include <curfew/adapters/process/exit_status.hpp>
#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace curfew::process {

namespace detail {
class running_child;
}

/// The program that `run` has started, while the function it was given runs.
///
/// Thread safety: none; used on the loop of the context. Reading and writing may go on at the same time.
class child {
public:
    explicit child(detail::running_child& running) noexcept : running_(running) {}
    child(const child&)            = delete;
    child& operator=(const child&) = delete;

    /// Reads what the program has written, at least one byte. Empty at the end of its output.
    ///
    /// Errors:       throws `context_error` if `ctx` ended; `std::logic_error` if the output is not captured.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type). Nothing that was read is lost.
    task<std::string> read(context ctx);

    /// Writes all of `data` to the program's input.
    ///
    /// Errors:       throws `context_error` if `ctx` ended, and then a part may have been written; `system_error` with
    ///               `broken_pipe` if the program reads no more.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type).
    /// Lifetime:     `data` is borrowed until completion.
    task<> write(context ctx, std::string_view data);

    /// Lets the program read the end of its input.
    void close_input() noexcept;

    /// Sends a signal to the program's process group. Nothing happens if it has ended.
    void signal(int number) noexcept;

    pid_t pid() const noexcept;

private:
    detail::running_child& running_;
};

}  // namespace curfew::process
