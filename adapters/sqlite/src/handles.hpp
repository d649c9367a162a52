// What the handles hold: connections and transactions.
#pragma once

#include "session.hpp"

#include <curfew/adapters/sqlite/connection.hpp>
#include <curfew/adapters/sqlite/transaction.hpp>

#include <memory>
#include <utility>

namespace curfew::sqlite::detail {

class connection_state {
public:
    connection_state(std::shared_ptr<session> on, const context_here& taken) : lease(std::move(on)), record(taken) {}

    std::shared_ptr<session> lease;
    loan_record              record;
};

class transaction_state {
public:
    transaction_state(std::shared_ptr<session> on, const context_here& taken) : lease(std::move(on)), record(taken) {}
    transaction_state(const transaction_state&)            = delete;
    transaction_state& operator=(const transaction_state&) = delete;
    ~transaction_state()
    {
        if (open) lease->roll_back_later();
    }

    std::shared_ptr<session> lease;
    loan_record              record;
    bool                     open = true;
};

}  // namespace curfew::sqlite::detail
