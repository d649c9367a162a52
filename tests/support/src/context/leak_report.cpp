#include "leak_report.hpp"

#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>

#include <chrono>
#include <source_location>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::testing {

namespace {

using curfew::detail::deadline_entry;
using curfew::detail::hook;
using curfew::detail::hook_description;
using curfew::detail::lease;
using curfew::detail::node;
using curfew::detail::node_ptr;

std::string_view to_string(hook_description::kind_type kind)
{
    using enum hook_description::kind_type;
    switch (kind) {
    case context: return "context";
    case operation: return "operation";
    case callback: return "callback";
    case coroutine: return "coroutine";
    }
    return "?";
}

std::string line(std::string_view what, std::string_view name, std::source_location where)
{
    std::string text(what);
    if (!name.empty()) text.append(" '").append(name).append("'");
    if (where.line() != 0) text.append(" made at ").append(where.file_name()).append(":").append(std::to_string(where.line()));
    return text += '\n';
}

/// Hooks of a node are read under its lock, children are visited outside it.
void describe_below(node& from, std::string& text, std::size_t depth)
{
    std::vector<std::pair<std::string, node_ptr<node>>> below;
    from.for_each_hook([&](hook& h) {
        const auto what  = h.describe();
        auto* const child = h.as_node();
        below.emplace_back(line(to_string(what.kind), what.name, what.where),
                           child && child->retain() ? node_ptr<node>(child) : node_ptr<node>());
    });
    for (const auto& [what, child] : below) {
        text.append(2 * depth, ' ').append(what);
        if (child) describe_below(*child, text, depth + 1);
    }
}

std::string describe(const deadline_entry& timer, duration left)
{
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
    return line("timer due in " + std::to_string(ms) + " ms", {}, timer.where());
}

std::string describe(const lease& one)
{
    return line(one.kind() == lease::kind_type::open_socket ? "open socket" : "unreturned pool item", one.name(), one.where());
}

}  // namespace

std::string describe_leaks(curfew::detail::loop& on, node& root)
{
    std::string text;
    for (auto* each : {&root, &on.detached_root(), &on.protected_root()}) describe_below(*each, text, 0);
    // A value is no hook of its parent, so that it costs nothing; it can only be counted.
    if (text.empty() && root.references() != 1)
        text += "context derived by with_value or without_cancel, or a handle of the root\n";
    on.deadlines().for_each(
        [&](const deadline_entry& timer, time_point when) { text += describe(timer, when - on.now()); });
    on.leases().for_each([&](const lease& one) { text += describe(one); });
    return text;
}

}  // namespace curfew::testing
