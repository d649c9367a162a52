#include "child_watch.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/detach.hpp>
#include <curfew/sleep.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

#include <cerrno>
#include <csignal>
#include <memory>
#include <utility>

#include <poll.h>
#include <sys/wait.h>

namespace curfew::process::detail {

namespace {

namespace asio = boost::asio;

// What a program that was sent SIGKILL may still take, in the depths of the system.
constexpr duration last_bound = std::chrono::minutes(1);

constexpr auto by_descriptor = static_cast<idtype_t>(3);  // P_PIDFD, which older headers lack

exit_status status_of(const siginfo_t& info) noexcept
{
    return info.si_code == CLD_EXITED ? exit_status::exited(info.si_status) : exit_status::killed(info.si_status);
}

}  // namespace

child_watch::child_watch(curfew::detail::loop& on, pid_t pid, unique_fd end)
    : pid_(pid), end_(std::in_place, on.executor(), end.get())
{
    end.release();
}

child_watch::~child_watch()
{
    if (!pending()) return;
    signal(SIGKILL);
    siginfo_t info{};
    ::waitid(by_descriptor, static_cast<id_t>(end_->native_handle()), &info, WEXITED | WNOHANG);
}

bool child_watch::has_ended() const noexcept
{
    pollfd readable{end_->native_handle(), POLLIN, 0};
    return ::poll(&readable, 1, 0) == 1;
}

void child_watch::signal(int number) noexcept
{
    if (!pending()) return;
    ::kill(-pid_, number);
    // A program that is stopped would not see it.
    if (number == SIGTERM) ::kill(-pid_, SIGCONT);
}

task<error_code> child_watch::ended(context ctx)
{
    // Asio may say so without reason, when an event of a descriptor that was closed meanwhile meets one that was opened.
    for (;;) {
        const auto token = bind_context(ctx, asio::as_tuple(asio::deferred));
        const auto ended = co_await end_->async_wait(descriptor::wait_read, token);
        if (std::get<0>(ended) || has_ended()) co_return std::get<0>(ended);
    }
}

task<> child_watch::stop(context ctx, duration grace)
{
    signal(SIGTERM);
    const auto patience = with_timeout(ctx, grace, "grace");
    const auto impatient = co_await ended(patience);
    if (!impatient) co_return;
    signal(SIGKILL);
    co_await ended(ctx);
}

std::optional<exit_status> child_watch::reap() noexcept
{
    signal(SIGKILL);
    siginfo_t info{};
    int       result = 0;
    do {
        result = ::waitid(by_descriptor, static_cast<id_t>(end_->native_handle()), &info, WEXITED);
    } while (result != 0 && errno == EINTR);
    end_.reset();
    return result == 0 ? std::optional(status_of(info)) : std::nullopt;
}

std::pair<pid_t, unique_fd> child_watch::release() noexcept
{
    std::pair<pid_t, unique_fd> released(pid_, unique_fd(end_->release()));
    end_.reset();
    return released;
}

void stop_in_background(pid_t pid, unique_fd end, duration grace)
{
    const auto root = background();
    // Owned by the function from here on: where the process ends first, destroying it is the last resort.
    auto watch = std::make_shared<child_watch>(root.life().loop(), pid, std::move(end));
    watch->signal(SIGTERM);
    const auto finish = [](context ctx, std::shared_ptr<child_watch> child, duration patience) -> task<> {
        co_await child->stop(ctx, patience);
        if (!ctx.done()) child->reap();
    };
    detach(root, "process: stop", grace + last_bound, finish, std::move(watch), grace);
}

}  // namespace curfew::process::detail
