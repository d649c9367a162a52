#include <curfew/cancel_source.hpp>

#include <curfew/detail/cause_record.hpp>

#include <utility>

namespace curfew {

using detail::cause_record;
using detail::make_cause;

cancel_source with_cancel(const context& parent, const char* name, std::source_location where)
{
    auto& life = parent.life();
    return cancel_source(context(detail::node_ptr<detail::node_base>(new detail::node(
        &parent.node(), &life, life.loop(), detail::node::domain::shared, name, where))));
}

cancel_source with_cancel(const context& parent, duration timeout, const char* name, std::source_location where)
{
    return cancel_source(with_timeout(parent, timeout, name, where));
}

cancel_source::cancel_source(context ctx) noexcept : context_(std::move(ctx)) {}

cancel_source::cancel_source(cancel_source&& other) noexcept : context_(std::exchange(other.context_, std::nullopt)) {}

cancel_source& cancel_source::operator=(cancel_source&& other) noexcept
{
    if (this == &other) return *this;
    leave();
    context_ = std::exchange(other.context_, std::nullopt);
    return *this;
}

cancel_source::~cancel_source()
{
    leave();
}

void cancel_source::leave() noexcept
{
    // Without another handle nothing runs under the context, and there is nobody to tell.
    if (!context_ || context_->done() || context_->node().references() == 1) return;
    auto& node = context_->life();
    node.cancel(make_cause(cause_kind::scope_left, node, node.where()));
}

void cancel_source::cancel(std::source_location where) noexcept
{
    auto& node = context_->life();
    if (!node.done()) node.cancel(make_cause(cause_kind::canceled, node, where));
}

void cancel_source::cancel(std::string reason, std::source_location where) noexcept
{
    auto& node = context_->life();
    if (node.done()) return;
    node.cancel(make_cause(cause_kind::canceled, node, where, [&](cause_record& r) { r.text = std::move(reason); }));
}

void cancel_source::cancel(std::exception_ptr reason, std::source_location where) noexcept
{
    auto& node = context_->life();
    if (node.done()) return;
    node.cancel(make_cause(cause_kind::canceled, node, where, [&](cause_record& r) { r.error = std::move(reason); }));
}

}  // namespace curfew
