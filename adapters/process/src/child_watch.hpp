// Knows whether a child process has ended, signals its group, and waits for it.
#pragma once

#include "unique_fd.hpp"

#include <curfew/adapters/process/error.hpp>
#include <curfew/adapters/process/exit_status.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/task.hpp>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <optional>
#include <utility>

#include <sys/types.h>

namespace curfew::process::detail {

/// A child that has not been waited for. While it has not, nobody else can get its process ID, so signals go to the right one.
class child_watch {
public:
    child_watch(curfew::detail::loop& on, pid_t pid, unique_fd end);
    child_watch(const child_watch&)            = delete;
    child_watch& operator=(const child_watch&) = delete;
    /// The last resort: kills the group, and waits for the child only if it has ended already.
    ~child_watch();

    pid_t pid() const noexcept { return pid_; }
    /// False once it has been waited for, or released.
    bool pending() const noexcept { return end_.has_value(); }

    /// Precondition: pending.
    bool has_ended() const noexcept;

    void signal(int number) noexcept;

    /// Waits for its end, until `ctx` ends.
    task<error_code> ended(context ctx);

    /// SIGTERM, SIGKILL after `grace`; waits for its end, both under `ctx`.
    task<> stop(context ctx, duration grace);

    /// Kills what is left of the group, and waits for the child, which has ended. Empty if its status is lost.
    std::optional<exit_status> reap() noexcept;

    /// Gives up the descriptor, for a watch on another loop.
    std::pair<pid_t, unique_fd> release() noexcept;

private:
    using descriptor = boost::asio::posix::basic_stream_descriptor<curfew::detail::loop::executor_type>;

    pid_t                     pid_;
    mutable std::optional<descriptor> end_;  // Asio gives a descriptor's number to who may change it only
};

/// Stops a child and waits for it on the service thread of `background()`; returns at once.
void stop_in_background(pid_t pid, unique_fd end, duration grace);

}  // namespace curfew::process::detail
