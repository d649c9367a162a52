#include <curfew/detail/protection.hpp>

#include <curfew/detail/loop.hpp>
#include <curfew/detail/sleep_operation.hpp>

namespace curfew::detail {

namespace {

/// Counts as a shield of the work that it was derived from, for as long as anybody has it.
class committed_node final : public work_node {
public:
    committed_node(node_base* parent, node* under, class loop& on, domain kind, const char* name,
                   std::source_location where)
        : work_node(parent, under, on, kind, name, where)
    {
        parent->life().work().shield_entered();
    }
    ~committed_node() override { parent()->life().work().shield_left(); }
};

template <class Node>
context listed_under_protected(const context_here& from, duration bound, const char* name)
{
    auto& on = from.ctx.life().loop();
    // On another thread nothing lists it: the list of a loop is the loop's.
    node* const    listed = on.here() ? &on.protected_root() : nullptr;
    node_ptr<Node> made(new Node(&from.ctx.node(), listed, on, node::domain::own, name, from.where));
    made->set_deadline(time_after(*made, bound), {deadline_origin::timeout_in_code, "", bound, from.where},
                       made->started());
    return context(node_ptr<node_base>::share(*made));
}

}  // namespace

context protected_context(const context_here& from, duration bound, const char* name)
{
    return listed_under_protected<work_node>(from, bound, name);
}

context committed_context(const context_here& from, duration bound)
{
    return listed_under_protected<committed_node>(from, bound, "commit_point");
}

shield_count::shield_count(const context& ctx) noexcept : counted_(node_ptr<node>::share(ctx.life()))
{
    counted_->work().shield_entered();
}

shield_count::~shield_count()
{
    counted_->work().shield_left();
}

}  // namespace curfew::detail
