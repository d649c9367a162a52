#include "session.hpp"

#include <curfew/detail/offload_job.hpp>
#include <curfew/detail/protection.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace curfew::sqlite::detail {

namespace {

using curfew::detail::offload_job;
using curfew::detail::remote_wait;

// A rollback writes nothing that has to wait for anybody.
constexpr auto rollback_bound = std::chrono::seconds(30);

/// A statement on its way to the worker and back. Keeps the session, so that the connection is not lent meanwhile.
class statement_call final : public offload_job {
public:
    statement_call(std::shared_ptr<session> lease, engine& connection, database_core::strand& worker, statement what,
                   context own, boost::asio::any_io_executor caller)
        : offload_job(std::move(own), std::move(caller), worker, &statement_call::run, this),
          lease_(std::move(lease)),
          connection_(connection),
          what_(std::move(what))
    {
    }

    /// Precondition: it was called, and the coroutine goes on.
    outcome& reached() noexcept { return outcome_; }

private:
    static void run(void* self) noexcept
    {
        auto& call    = *static_cast<statement_call*>(self);
        call.outcome_ = call.connection_.run(call.get_context(), call.what_);
        call.lease_.reset();  // not only when the worker's queue lets go of the call: by then the next may want it
    }

    std::shared_ptr<session> lease_;
    engine&                  connection_;
    statement                what_;
    outcome                  outcome_;
};

class rollback_call final : public offload_job {
public:
    rollback_call(std::shared_ptr<session> lease, engine& connection, database_core::strand& worker, context own,
                  boost::asio::any_io_executor caller)
        : offload_job(std::move(own), std::move(caller), worker, &rollback_call::run, this,
                      remote_wait::awaiting_side::ignored),
          lease_(std::move(lease)),
          connection_(connection)
    {
    }

private:
    static void run(void* self) noexcept
    {
        auto& call = *static_cast<rollback_call*>(self);
        call.connection_.roll_back();
        call.lease_.reset();
    }

    std::shared_ptr<session> lease_;
    engine&                  connection_;
};

}  // namespace

session::session(std::shared_ptr<database_core> core, lent_slot slot) noexcept
    : core_(std::move(core)), slot_(std::move(slot))
{
}

session::~session()
{
    if (!connection().in_transaction()) return;
    if (core_->closed()) {  // no worker is left
        connection().roll_back();
        return;
    }
    boost::asio::post(core_->strand_at(slot_.index()),
                      [core = core_, slot = std::move(slot_)] { core->engine_at(slot.index()).roll_back(); });
}

task<outcome> session::run(context_here ctx, statement what)
{
    using namespace boost::asio;
    if (ctx.ctx.done()) co_return outcome::ended_by(ctx.ctx.cause());
    if (core_->closed()) co_return outcome::failed(errc::closed, "sqlite " + core_->settings().path + ": the database is closed");
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the wait must be reached

    const auto call = std::make_shared<statement_call>(
        shared_from_this(), connection(), core_->strand_at(slot_.index()), std::move(what),
        curfew::detail::scope_context(ctx, "sqlite statement"), co_await this_coro::executor);
    co_await call->wait();

    co_await this_coro::throw_if_cancelled(throws);
    if (!call->called()) co_return outcome::ended_by(call->get_context().cause());
    co_return std::move(call->reached());
}

task<> session::roll_back(context_here ctx)
{
    using namespace boost::asio;
    if (core_->closed()) co_return;
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);

    const curfew::detail::shield_count counted(ctx.ctx);
    const auto call = std::make_shared<rollback_call>(
        shared_from_this(), connection(), core_->strand_at(slot_.index()),
        curfew::detail::protected_context(ctx, rollback_bound, "sqlite rollback"), co_await this_coro::executor);
    co_await call->wait();

    co_await this_coro::throw_if_cancelled(throws);
}

void session::roll_back_later()
{
    if (core_->closed()) return;
    boost::asio::post(core_->strand_at(slot_.index()), [self = shared_from_this()] { self->connection().roll_back(); });
}

}  // namespace curfew::sqlite::detail
