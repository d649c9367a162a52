#include "handles.hpp"

#include <utility>
#include <vector>

namespace curfew::sqlite {

// ---- connection

connection::connection() noexcept = default;
connection::connection(std::unique_ptr<detail::connection_state> state) noexcept : state_(std::move(state)) {}
connection::connection(connection&&) noexcept            = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection()                                = default;

task<detail::outcome> connection::run(detail::context_here ctx, std::string sql, std::vector<value> args)
{
    if (!state_) co_return detail::outcome::failed(errc::closed, "sqlite: execute: no connection");
    const auto        lease = state_->lease;
    detail::statement what(detail::statement::kind_type::single, std::move(sql), std::move(args));
    co_return co_await lease->run(ctx, std::move(what));
}

task<transaction> connection::begin(detail::context_here ctx, begin_with what)
{
    if (!state_) detail::outcome::failed(errc::closed, "sqlite: begin: no connection").raise();
    const auto        lease = state_->lease;
    detail::statement begin(detail::statement::kind_type::single,
                            what == begin_with::reading ? "begin deferred" : "begin immediate");
    const auto        ended = co_await lease->run(ctx, std::move(begin));
    if (ended.error) ended.raise();
    co_return transaction(std::make_unique<detail::transaction_state>(lease, ctx));
}

// ---- transaction

transaction::transaction() noexcept = default;
transaction::transaction(std::unique_ptr<detail::transaction_state> state) noexcept : state_(std::move(state)) {}
transaction::transaction(transaction&&) noexcept            = default;
transaction& transaction::operator=(transaction&&) noexcept = default;
transaction::~transaction()                                 = default;

task<detail::outcome> transaction::run(detail::context_here ctx, std::string sql, std::vector<value> args)
{
    if (!state_ || !state_->open) co_return detail::outcome::failed(errc::rolled_back, "sqlite: execute: the transaction is over");
    const auto        lease = state_->lease;
    detail::statement what(detail::statement::kind_type::in_transaction, std::move(sql), std::move(args));
    co_return co_await lease->run(ctx, std::move(what));
}

task<> transaction::commit(detail::context_here ctx)
{
    std::vector<value> none;
    const auto         ended = co_await run(ctx, "commit", std::move(none));
    if (ended.error) ended.raise();
    state_->open = false;
    state_.reset();
}

task<> transaction::roll_back(detail::context_here ctx)
{
    if (!state_ || !state_->open) co_return;
    const auto lease = state_->lease;
    state_->open     = false;
    co_await lease->roll_back(ctx);
    state_.reset();
}

}  // namespace curfew::sqlite
