#include "database_core.hpp"

#include "session.hpp"

#include <curfew/detail/loop.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace curfew::sqlite::detail {

namespace {

/// Every connection to `:memory:` would see a database of its own.
options checked(options settings)
{
    if (settings.path.empty()) throw std::invalid_argument("sqlite: no path given; \":memory:\" is a database in memory");
    if (settings.connections == 0) throw std::invalid_argument("sqlite " + settings.path + ": 0 connections");
    if (settings.path == ":memory:") settings.connections = 1;
    return settings;
}

outcome refusal(const options& settings, const lent_slot& slot)
{
    using enum curfew::detail::slot_refusal;
    if (slot.refusal() == canceled) return outcome::ended_by(slot.cause());
    if (slot.refusal() == closed) return outcome::failed(errc::closed, "sqlite " + settings.path + ": the database is closed");
    return outcome::failed(errc::too_many_waiting,
                           "sqlite " + settings.path + ": " + std::to_string(settings.max_waiting) +
                               " requests wait for one of " + std::to_string(settings.connections) + " connections already");
}

}  // namespace

database_core::database_core(options settings)
    : settings_(checked(std::move(settings))),
      slots_(std::make_shared<slot_pool>(settings_.connections, settings_.max_waiting)),
      threads_(settings_.connections)
{
    for (std::size_t i = 0; i < settings_.connections; ++i)
        workers_.push_back(std::make_unique<worker>(settings_, closing_, threads_));
    workers_.front()->connection.open();
}

task<leased> database_core::lease(context_here ctx)
{
    leased result;
    auto   slot = co_await slots_->acquire(ctx);
    if (slot)
        result.given = std::make_shared<session>(shared_from_this(), std::move(slot));
    else
        result.refused = refusal(settings_, slot);
    co_return result;
}

void database_core::close()
{
    slots_->close();
    closing_.store(true, std::memory_order_release);
    threads_.join();
}

loan_record::loan_record(const context_here& taken)
{
    auto& on = taken.ctx.life().loop();
    if (on.here()) record_.emplace(on, curfew::detail::lease::kind_type::pool_item, "sqlite connection", taken.where);
}

}  // namespace curfew::sqlite::detail
