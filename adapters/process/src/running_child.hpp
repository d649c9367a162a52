// A program that runs: its pipes, and the duty to wait for it.
#pragma once

#include "child_watch.hpp"
#include "pipe_end.hpp"
#include "spawn.hpp"

#include <curfew/adapters/process/command.hpp>
#include <curfew/adapters/process/exit_status.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/task.hpp>

#include <string>

namespace curfew::process::detail {

using curfew::detail::context_here;

/// Started by the constructor, on the loop that it is used on. If it is destroyed before `reap`, the program is stopped and
/// waited for in the background.
class running_child {
public:
    /// Throws what `spawn` throws.
    running_child(const context& ctx, const command& what, bool input);
    ~running_child();
    running_child(const running_child&)            = delete;
    running_child& operator=(const running_child&) = delete;

    const std::string& program() const noexcept { return program_; }
    pid_t              pid() const noexcept { return watch_.pid(); }
    pipe_end&          input() noexcept { return input_; }
    pipe_end&          output() noexcept { return output_; }
    pipe_end&          error_output() noexcept { return error_output_; }

    void signal(int number) noexcept { watch_.signal(number); }

    /// Waits for the program's end, until `ctx` ends: `operation_aborted` if only the awaiting coroutine is canceled.
    task<error_code> ended(context ctx) { return watch_.ended(std::move(ctx)); }

    /// Stops the program, although `ctx` ends or has ended: SIGTERM, SIGKILL after the grace.
    ///
    /// Completes: when it has ended; or has not, seconds after SIGKILL, because the system does not let go of it.
    task<> stop(context_here ctx);
    bool   has_ended() const noexcept { return watch_.has_ended(); }

    /// Kills what the program has left in its process group, and gives how it ended. Precondition: it has.
    /// Errors: throws `system_error` with `errc::status_lost`.
    exit_status reap();

private:
    running_child(curfew::detail::loop& on, const command& what, spawned made);

    std::string program_;
    duration    grace_;
    child_watch watch_;
    pipe_end    input_;
    pipe_end    output_;
    pipe_end    error_output_;
};

}  // namespace curfew::process::detail
