// A connection on loan from a database.
#pragma once

#include <curfew/adapters/sqlite/executes.hpp>
#include <curfew/adapters/sqlite/transaction.hpp>

#include <memory>

namespace curfew::sqlite {

namespace detail {
class connection_state;
}

/// A connection that nobody else uses meanwhile, for what has to be on one: temporary tables, several transactions.
///
/// The destructor gives it back: at once, or after the worker has rolled back what was left open. Two statements
/// executed on it at the same time run one after the other.
///
/// Used and destroyed on the loop that acquired it. Distinct objects: safe. Shared objects: not safe.
class connection : public executes<connection> {
public:
    connection() noexcept;  ///< None: `execute` fails with `errc::closed`.
    explicit connection(std::unique_ptr<detail::connection_state> state) noexcept;
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;
    ~connection();

    /// Begins a transaction on this connection, which then lives as long as that, too.
    task<transaction> begin(detail::context_here ctx, begin_with what = begin_with::writing);

private:
    friend class executes<connection>;
    task<detail::outcome> run(detail::context_here ctx, std::string sql, std::vector<value> args);

    std::unique_ptr<detail::connection_state> state_;
};

}  // namespace curfew::sqlite
