// What ties an operation to a cancellation slot that is not its own.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <utility>

namespace curfew::detail {

/// The handler that an operation leaves in the slot of whoever awaits it.
///
/// Holds a reference on the operation, and tells it when the slot lets go of the handler: so the signal may go before
/// the operation has ended, and the operation (with its io_context) before the signal.
/// `Operation` has `retain`, `release`, `slot_emitted(type)` and `slot_gone()`.
template <class Operation>
class slot_link {
public:
    explicit slot_link(Operation& operation) noexcept : operation_(&operation) { operation.retain(); }
    slot_link(slot_link&& other) noexcept : operation_(std::exchange(other.operation_, nullptr)) {}
    ~slot_link()
    {
        if (!operation_) return;
        operation_->slot_gone();
        operation_->release();
    }

    void operator()(boost::asio::cancellation_type type)
    {
        auto* const operation = operation_;  // the emission may end the operation, and that frees this very handler
        operation->retain();
        operation->slot_emitted(type);
        operation->release();
    }

private:
    Operation* operation_;
};

/// Withdraws what was left in a slot. Takes a copy: `slot_gone` empties the operation's own meanwhile.
inline void clear_slot(boost::asio::cancellation_slot slot)
{
    if (slot.is_connected()) slot.clear();
}

}  // namespace curfew::detail
