// What a context has to tell when it ends: an intrusive list of hooks.
#pragma once

#include <curfew/detail/link_list.hpp>

#include <source_location>

namespace curfew::detail {

struct cause_record;
class node;

/// What a hook stands for, as the live tree and the leak fixture show it.
struct hook_description {
    enum class kind_type { context, operation, callback, coroutine } kind;
    const char*          name;
    std::source_location where;
};

/// Something that is told when a context ends. Linked in at most one list, under the lock of that list's domain.
///
/// A cancel pops a hook under the lock, retains it there, and fires it outside: between the two, the owner may finish.
class hook : public list_link {
public:
    hook()                       = default;
    hook(const hook&)            = delete;
    hook& operator=(const hook&) = delete;

    /// Keeps the hook alive until `fire`. False if it is already being destroyed. Called under the domain's lock.
    virtual bool retain() noexcept = 0;

    /// Tells the hook that its context ended, then gives back what `retain` took. Called without any lock.
    virtual void fire(const cause_record& why) noexcept = 0;

    /// The node behind this hook, if it is one.
    virtual node* as_node() noexcept { return nullptr; }

    virtual hook_description describe() const noexcept = 0;

protected:
    ~hook() = default;
};

using hook_list = link_list<hook>;

}  // namespace curfew::detail
