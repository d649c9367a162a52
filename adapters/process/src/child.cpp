#include <curfew/adapters/process/child.hpp>

#include "running_child.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <stdexcept>

namespace curfew::process {

namespace {

[[noreturn]] void fail(const context& ctx, error_code error, const std::string& what)
{
    if (ctx.done() && error == ctx.error()) throw context_error(ctx.cause());
    throw boost::system::system_error(error, what);
}

}  // namespace

task<std::string> child::read(context ctx)
{
    auto& from = running_.output();
    if (!from.is_open()) throw std::logic_error("process " + running_.program() + ": read: its output is not captured");
    ctx.throw_if_done();
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const auto [error, count] = from.read_some(buffer);
        if (!error) co_return std::string(buffer.data(), count);
        if (error != boost::asio::error::would_block) fail(ctx, error, "process " + running_.program() + ": read");
        const auto stopped = co_await from.readable(ctx);
        if (stopped) fail(ctx, stopped, "process " + running_.program() + ": read");
    }
}

task<> child::write(context ctx, std::string_view data)
{
    ctx.throw_if_done();
    auto& into = running_.input();
    if (!into.is_open()) throw std::logic_error("process " + running_.program() + ": write: its input is closed");
    const auto stopped = co_await into.write(ctx, data);
    if (stopped) fail(ctx, stopped, "process " + running_.program() + ": write");
}

void child::close_input() noexcept
{
    running_.input().close();
}

void child::signal(int number) noexcept
{
    running_.signal(number);
}

pid_t child::pid() const noexcept
{
    return running_.pid();
}

}  // namespace curfew::process
