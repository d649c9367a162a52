// Where orders are kept: in memory, for now.
#pragma once

#include "order.hpp"

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

namespace demo {

/// Keeps the latest orders. Shared objects: safe.
class order_store {
public:
    /// A service that is open to everyone must not grow without end: the oldest order gives way.
    explicit order_store(std::size_t most = 10'000) : most_(most) {}

    /// Returns the ID of the new order; IDs count from 1 and are not used again.
    std::uint64_t add(order added);

    std::optional<order> find(std::uint64_t id) const;

private:
    mutable std::mutex mutex_;
    std::size_t        most_;
    std::uint64_t      first_ = 1;  ///< ID of `orders_.front()`.
    std::deque<order>  orders_;
};

}  // namespace demo
