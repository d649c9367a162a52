#include "order_store.hpp"

#include <utility>

namespace demo {

std::uint64_t order_store::add(order added)
{
    const std::lock_guard lock(mutex_);
    orders_.push_back(std::move(added));
    if (orders_.size() > most_) {
        orders_.pop_front();
        ++first_;
    }
    return first_ + orders_.size() - 1;
}

std::optional<order> order_store::find(std::uint64_t id) const
{
    const std::lock_guard lock(mutex_);
    if (id < first_ || id - first_ >= orders_.size())
        return std::nullopt;
    return orders_[id - first_];
}

}  // namespace demo
