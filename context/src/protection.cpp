#include <curfew/detail/protection.hpp>

#include <curfew/detail/loop.hpp>
#include <curfew/detail/sleep_operation.hpp>

namespace curfew::detail {

context protected_context(const context_here& from, duration bound, const char* name)
{
    auto& on = from.ctx.life().loop();
    // On another thread nothing lists it: the list of a loop is the loop's.
    node* const         listed = on.here() ? &on.protected_root() : nullptr;
    node_ptr<work_node> made(
        new work_node(&from.ctx.node(), listed, on, node::domain::own, name, from.where));
    made->set_deadline(time_after(*made, bound), {deadline_origin::timeout_in_code, "", bound, from.where});
    return context(node_ptr<node_base>::share(*made));
}

shield_count::shield_count(const context& ctx) noexcept
{
    if (!ctx.life().loop().here()) return;
    counted_ = node_ptr<node>::share(ctx.life());
    counted_->work().shield_entered();
}

shield_count::~shield_count()
{
    if (counted_) counted_->work().shield_left();
}

}  // namespace curfew::detail
