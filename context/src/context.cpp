#include <curfew/context.hpp>

#include <curfew/detail/loop.hpp>

#include <algorithm>

namespace curfew {

using detail::node;
using detail::node_base;
using detail::node_ptr;
using detail::work_node;

void context::throw_if_done() const
{
    if (done()) throw context_error(cause());
}

std::optional<time_point> context::deadline() const noexcept
{
    const auto when = life().deadline();
    return when == node::no_deadline ? std::nullopt : std::optional(when);
}

std::optional<duration> context::remaining() const noexcept
{
    const auto when = life().deadline();
    if (when == node::no_deadline) return std::nullopt;
    return std::max(when - life().loop().now(), duration::zero());
}

deadline_origin context::deadline_set_by() const noexcept
{
    const auto binding = life().deadline();
    if (binding == node::no_deadline) return deadline_origin::none;
    // The topmost node with this very deadline is the one that set it; those below inherited it.
    deadline_origin origin = deadline_origin::none;
    for (const node_base* n = &node(); n; n = n->parent()) {
        const auto& life = n->life();
        if (life.deadline() != binding) break;
        if (life.setting().origin != deadline_origin::none) origin = life.setting().origin;
    }
    return origin;
}

const trace_context& context::trace() const noexcept
{
    return life().work().trace();
}

const void* context::find(const void* key) const noexcept
{
    for (const node_base* n = node_.get(); n; n = n->parent())
        if (const void* value = n->value_of(key)) return value;
    return nullptr;
}

boost::asio::any_io_executor context::get_executor() const
{
    return life().loop().executor();
}

namespace {

template <class Node, class... A>
context make(A&&... a)
{
    return context(node_ptr<node_base>(new Node(std::forward<A>(a)...)));
}

}  // namespace

context background(boost::asio::io_context& io, std::source_location where)
{
    return make<work_node>(nullptr, nullptr, detail::loop::of(io), node::domain::own, "background", where);
}

context with_deadline(const context& parent, time_point when, const char* name, std::source_location where)
{
    auto&                  life = parent.life();
    node_ptr<detail::node> child(new node(&parent.node(), &life, life.loop(), node::domain::shared, name, where));
    when = std::max(when, time_point());  // what lies before the clock's beginning cannot be subtracted from
    const auto now = life.loop().now();
    child->set_deadline(when, {deadline_origin::timeout_in_code, "", when - now, where}, now);
    return context(node_ptr<node_base>(std::move(child)));
}

context with_timeout(const context& parent, duration timeout, const char* name, std::source_location where)
{
    auto&                  life = parent.life();
    node_ptr<detail::node> child(new node(&parent.node(), &life, life.loop(), node::domain::shared, name, where));
    const auto             now  = life.loop().now();
    const auto             when = timeout < node::no_deadline - now ? now + timeout : node::no_deadline;
    child->set_deadline(when, {deadline_origin::timeout_in_code, "", timeout, where}, now);
    return context(node_ptr<node_base>(std::move(child)));
}

context without_cancel(const context& parent, const char* name, std::source_location where)
{
    return make<work_node>(&parent.node(), nullptr, parent.life().loop(), node::domain::own, name, where);
}

context with_trace(const context& parent, trace_context trace, const char* name, std::source_location where)
{
    auto&               life = parent.life();
    node_ptr<work_node> child(
        new work_node(&parent.node(), &life, life.loop(), node::domain::shared, name, where));
    child->trace() = std::move(trace);
    return context(node_ptr<node_base>(std::move(child)));
}

}  // namespace curfew
