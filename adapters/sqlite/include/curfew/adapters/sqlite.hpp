// SQLite under a context: a pool of connections with a worker thread each.
#pragma once

#include <curfew/adapters/sqlite/connection.hpp>
#include <curfew/adapters/sqlite/error.hpp>
#include <curfew/adapters/sqlite/executes.hpp>
#include <curfew/adapters/sqlite/options.hpp>
#include <curfew/adapters/sqlite/result.hpp>
#include <curfew/adapters/sqlite/transaction.hpp>
#include <curfew/adapters/sqlite/value.hpp>
#include <curfew/detail/child_scope.hpp>

#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace curfew::sqlite {

namespace detail {
class database_core;
}

/// A database file, its connections and their worker threads.
///
/// Used from any loop. Each request leases one connection at a time, in order of arrival. Nothing of SQLite runs on a
/// loop, and no loop waits for a lock.
///
/// The destructor interrupts what runs and joins the workers. Connections and transactions that outlive it fail with
/// `errc::closed`.
/// Thread safety: distinct objects: safe. Shared objects: safe.
///
/// @code
/// sqlite::database orders({.path = "orders.db"});
/// auto rows = co_await orders.execute(ctx, "select id, total from orders where customer = ?", customer);
/// for (const auto& each : rows) sum += each.get<double>("total");
/// @endcode
class database : public executes<database> {
public:
    /// Opens the file, and so finds out early if that is impossible. Blocks for that long.
    ///
    /// Errors: throws `error`; `std::invalid_argument` for options that make no sense.
    explicit database(options settings);
    database(const database&)            = delete;
    database& operator=(const database&) = delete;
    ~database();

    /// Leases a connection.
    ///
    /// Completes:    when one is free, in order of arrival.
    /// Errors:       throws `context_error` if `ctx` ended first; `error` with `errc::too_many_waiting`, or `closed`.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type). A connection that was granted in the same
    ///               moment goes to the next.
    task<connection> acquire(detail::context_here ctx);

    /// Leases a connection and begins a transaction on it, which keeps it. Errors and cancellation: as `acquire`, then as
    /// `execute`.
    task<transaction> begin(detail::context_here ctx, begin_with what = begin_with::writing);

    /// Calls `f(transaction&)` within a transaction: commits when it returns, rolls back when it throws.
    ///
    /// Completes: when the transaction is over.
    /// Returns:   what `f` returned.
    /// Errors:    what `f` threw; else as `begin` and `commit`.
    /// Lifetime:  `f` is borrowed until completion: name it before the `co_await`.
    template <class F>
    auto transact(detail::context_here ctx, F& f) -> task<curfew::detail::awaited_result<F, transaction&>>;

    /// Executes a text of several statements, such as a schema, on one connection. Not in a transaction of its own.
    /// Errors and cancellation: as `execute`; what came before the failure stays.
    task<> run_script(detail::context_here ctx, std::string text);

    /// How many connections there are, are free, and how many requests wait for one.
    std::size_t connections() const noexcept;
    std::size_t idle() const;
    std::size_t waiting() const;

private:
    friend class executes<database>;
    task<detail::outcome> run(detail::context_here ctx, std::string sql, std::vector<value> args);

    std::shared_ptr<detail::database_core> core_;
};

template <class F>
auto database::transact(detail::context_here ctx, F& f) -> task<curfew::detail::awaited_result<F, transaction&>>
{
    using returned = curfew::detail::awaited_result<F, transaction&>;
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    auto       open   = co_await begin(ctx);
    std::optional<curfew::detail::stored<returned>> value;
    std::exception_ptr                              failure;
    try {
        if constexpr (std::is_void_v<returned>) {
            co_await f(open);
            value.emplace();
        } else {
            value.emplace(co_await f(open));
        }
        co_await open.commit(ctx);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        co_await boost::asio::this_coro::throw_if_cancelled(false);  // the rollback must be reached
        co_await open.roll_back(ctx);
        co_await boost::asio::this_coro::throw_if_cancelled(throws);
        std::rethrow_exception(failure);
    }
    if constexpr (!std::is_void_v<returned>) co_return std::move(*value);
}

}  // namespace curfew::sqlite
