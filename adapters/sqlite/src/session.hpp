// A connection on loan, behind its handles.
#pragma once

#include "database_core.hpp"

#include <memory>

namespace curfew::sqlite::detail {

/// Shared by a connection, its transaction and the calls under way. Gives the connection back when the last of them goes,
/// after a rollback if a transaction is open.
class session : public std::enable_shared_from_this<session> {
public:
    session(std::shared_ptr<database_core> core, lent_slot slot) noexcept;
    ~session();
    session(const session&)            = delete;
    session& operator=(const session&) = delete;

    /// Executes on the worker, after what was given to this session before.
    task<outcome> run(context_here ctx, statement what);

    /// Rolls back, whatever ends meanwhile, and waits for it.
    task<> roll_back(context_here ctx);

    /// The same without waiting.
    void roll_back_later();

private:
    engine& connection() noexcept { return core_->engine_at(slot_.index()); }

    std::shared_ptr<database_core> core_;
    lent_slot                      slot_;
};

}  // namespace curfew::sqlite::detail
