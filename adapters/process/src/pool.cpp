#include <curfew/adapters/process/pool.hpp>

#include "outcome.hpp"

#include <curfew/detail/slot_pool.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace curfew::process {

namespace {

using curfew::detail::slot_pool;
using curfew::detail::slot_refusal;

task<detail::outcome> run_in(std::shared_ptr<slot_pool> slots, context_here ctx, command what)
{
    const auto slot = co_await slots->acquire(ctx);
    if (slot) co_return co_await detail::run_captured(std::move(ctx), std::move(what));
    if (slot.refusal() == slot_refusal::canceled) co_return detail::outcome::ended_by(slot.cause());
    co_return detail::outcome::failed(errc::too_many_waiting, "process " + what.program + ": " + std::to_string(slots->size()) +
                                                                  " programs run, and " + std::to_string(slots->waiting()) +
                                                                  " wait");
}

}  // namespace

pool::pool(std::size_t at_most, std::size_t max_waiting)
{
    if (at_most == 0) throw std::invalid_argument("process: a pool in which no program may run");
    slots_ = std::make_shared<slot_pool>(at_most, max_waiting);
}

pool::~pool() = default;

task<result> pool::run(context_here ctx, command what)
{
    auto ended = co_await run_in(slots_, std::move(ctx), std::move(what));
    if (ended.error) ended.raise();
    co_return std::move(ended.value);
}

task<std::tuple<error_code, result>> pool::run(context_here ctx, decltype(nothrow)&, command what)
{
    auto ended = co_await run_in(slots_, std::move(ctx), std::move(what));
    co_return std::tuple<error_code, result>(ended.error, std::move(ended.value));
}

std::size_t pool::running() const
{
    return slots_->size() - slots_->idle();
}

std::size_t pool::waiting() const
{
    return slots_->waiting();
}

}  // namespace curfew::process
