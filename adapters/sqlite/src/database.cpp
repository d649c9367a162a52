#include <curfew/adapters/sqlite.hpp>

#include "handles.hpp"

#include <utility>

namespace curfew::sqlite {

database::database(options settings) : core_(std::make_shared<detail::database_core>(std::move(settings))) {}

database::~database()
{
    core_->close();
}

task<connection> database::acquire(detail::context_here ctx)
{
    const auto core  = core_;
    auto       lease = co_await core->lease(ctx);
    if (!lease.given) lease.refused.raise();
    co_return connection(std::make_unique<detail::connection_state>(std::move(lease.given), ctx));
}

task<transaction> database::begin(detail::context_here ctx, begin_with what)
{
    auto on = co_await acquire(ctx);
    co_return co_await on.begin(ctx, what);
}

task<> database::run_script(detail::context_here ctx, std::string text)
{
    const auto core  = core_;
    auto       lease = co_await core->lease(ctx);
    if (!lease.given) lease.refused.raise();
    const detail::loan_record record(ctx);
    detail::statement         script(detail::statement::kind_type::script, std::move(text));
    const auto                ended = co_await lease.given->run(ctx, std::move(script));
    if (ended.error) ended.raise();
}

task<detail::outcome> database::run(detail::context_here ctx, std::string sql, std::vector<value> args)
{
    const auto core  = core_;
    auto       lease = co_await core->lease(ctx);
    if (!lease.given) co_return std::move(lease.refused);
    const detail::loan_record record(ctx);
    detail::statement         what(detail::statement::kind_type::single, std::move(sql), std::move(args));
    co_return co_await lease.given->run(ctx, std::move(what));
}

std::size_t database::connections() const noexcept
{
    return core_->slots().size();
}

std::size_t database::idle() const
{
    return core_->slots().idle();
}

std::size_t database::waiting() const
{
    return core_->slots().waiting();
}

}  // namespace curfew::sqlite
