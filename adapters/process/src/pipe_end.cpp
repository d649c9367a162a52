#include "pipe_end.hpp"

#include <curfew/bind_context.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <cerrno>
#include <csignal>
#include <ctime>

#include <pthread.h>

namespace curfew::process::detail {

namespace {

namespace asio = boost::asio;

error_code system_error_code(int error) noexcept
{
    if (error == EAGAIN || error == EWOULDBLOCK) return asio::error::would_block;
    return {error, boost::system::system_category()};
}

/// Writes to a pipe without the SIGPIPE that a closed one raises: it is blocked for this thread, and taken back.
std::pair<int, ssize_t> write_without_signal(int fd, std::string_view data) noexcept
{
    sigset_t broken, before, pending;
    ::sigemptyset(&broken);
    ::sigaddset(&broken, SIGPIPE);
    ::sigpending(&pending);
    const bool was_pending = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &broken, &before);
    const ssize_t written = ::write(fd, data.data(), data.size());
    const int     error   = written < 0 ? errno : 0;
    if (error == EPIPE && !was_pending) {
        const timespec at_once{};
        while (::sigtimedwait(&broken, nullptr, &at_once) < 0 && errno == EINTR) {}
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return {error, written};
}

}  // namespace

task<error_code> pipe_end::readable(context ctx)
{
    const auto token = bind_context(ctx, asio::as_tuple(asio::deferred));
    const auto ended = co_await descriptor_->async_wait(descriptor::wait_read, token);
    co_return std::get<0>(ended);
}

std::pair<error_code, std::size_t> pipe_end::read_some(std::span<char> into) noexcept
{
    ssize_t count = 0;
    do {
        count = ::read(descriptor_->native_handle(), into.data(), into.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {system_error_code(errno), 0};
    return {error_code(), static_cast<std::size_t>(count)};
}

task<error_code> pipe_end::write(context ctx, std::string_view data)
{
    while (!data.empty()) {
        if (ctx.done()) co_return ctx.error();
        const auto [error, written] = write_without_signal(descriptor_->native_handle(), data);
        if (error == EINTR) continue;
        if (error == 0) {
            data.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (system_error_code(error) != asio::error::would_block) co_return system_error_code(error);
        const auto token = bind_context(ctx, asio::as_tuple(asio::deferred));
        const auto ended = co_await descriptor_->async_wait(descriptor::wait_write, token);
        if (std::get<0>(ended)) co_return std::get<0>(ended);
        if (!is_open()) co_return asio::error::operation_aborted;
    }
    co_return error_code();
}

}  // namespace curfew::process::detail
