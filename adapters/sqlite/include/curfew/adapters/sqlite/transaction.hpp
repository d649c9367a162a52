// A transaction: everything or nothing.
#pragma once

#include <curfew/adapters/sqlite/executes.hpp>

#include <memory>

namespace curfew::sqlite {

namespace detail {
class transaction_state;
}

/// When a transaction takes its lock. Default where it is a parameter: `immediate`.
enum class begin_with {
    reading,  ///< Nothing until it reads; a later write may fail with `errc::busy` at once (`begin deferred`).
    writing,  ///< The one write lock there is, at the start (`begin immediate`).
};

/// A transaction that has begun. Rolls back unless it was committed.
///
/// The destructor has the worker roll back, and does not wait for it; the connection is lent again only after that. A
/// rollback is not canceled by the end of any context.
///
/// Used and destroyed on the loop that it was begun on. Distinct objects: safe. Shared objects: not safe.
class transaction : public executes<transaction> {
public:
    transaction() noexcept;  ///< None: `execute` and `commit` fail with `errc::rolled_back`.
    explicit transaction(std::unique_ptr<detail::transaction_state> state) noexcept;
    transaction(transaction&&) noexcept;
    transaction& operator=(transaction&&) noexcept;  ///< Rolls back what it held.
    ~transaction();

    /// Makes its changes last.
    ///
    /// Completes:    when they are on the disk, or it is certain that they will not be.
    /// Errors:       as `execute`; the transaction then goes on, to be tried again or rolled back.
    /// Cancellation: as `execute`. If it throws `context_error`, nothing was committed.
    task<> commit(detail::context_here ctx);

    /// Undoes its changes, although `ctx` ends or has ended. Does nothing if the transaction is over.
    ///
    /// Completes: when that is done, and all locks are free.
    task<> roll_back(detail::context_here ctx);

private:
    friend class executes<transaction>;
    task<detail::outcome> run(detail::context_here ctx, std::string sql, std::vector<value> args);

    std::unique_ptr<detail::transaction_state> state_;
};

}  // namespace curfew::sqlite
