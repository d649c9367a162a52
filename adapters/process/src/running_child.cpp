#include "running_child.hpp"

#include <curfew/shield.hpp>

#include <boost/system/system_error.hpp>

#include <utility>

namespace curfew::process::detail {

namespace {

constexpr duration after_kill = std::chrono::seconds(10);

}  // namespace

running_child::running_child(const context& ctx, const command& what, bool input)
    : running_child(ctx.life().loop(), what, spawn(what, input))
{
}

running_child::running_child(curfew::detail::loop& on, const command& what, spawned made)
    : program_(what.program),
      grace_(what.grace),
      watch_(on, made.pid, std::move(made.end)),
      input_(on, std::move(made.input)),
      output_(on, std::move(made.output)),
      error_output_(on, std::move(made.error_output))
{
}

running_child::~running_child()
{
    if (!watch_.pending()) return;
    auto [pid, end] = watch_.release();
    stop_in_background(pid, std::move(end), grace_);
}

task<> running_child::stop(context_here ctx)
{
    input_.close();
    auto stopping = [this](context protected_ctx) { return watch_.stop(protected_ctx, grace_); };
    co_await shield(ctx, grace_ + after_kill, stopping);
}

exit_status running_child::reap()
{
    const auto status = watch_.reap();
    if (!status) throw boost::system::system_error(make_error_code(errc::status_lost), "process " + program_);
    return *status;
}

}  // namespace curfew::process::detail
