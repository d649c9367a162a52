// What a context has to tell when it ends: an intrusive list of hooks.
#pragma once

#include <cstddef>
#include <source_location>

namespace curfew::detail {

struct cause_record;
class node;

struct hook_link {
    hook_link* prev = nullptr;
    hook_link* next = nullptr;

    bool linked() const noexcept { return next != nullptr; }
    void unlink() noexcept
    {
        prev->next = next;
        next->prev = prev;
        prev = next = nullptr;
    }
};

/// What a hook stands for, as the live tree and the leak fixture show it.
struct hook_description {
    enum class kind_type { context, operation, callback, coroutine } kind;
    const char*          name;
    std::source_location where;
};

/// Something that is told when a context ends. Linked in at most one list, under the lock of that list's domain.
///
/// A cancel pops a hook under the lock, retains it there, and fires it outside: between the two, the owner may finish.
class hook : public hook_link {
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

/// A circular list of hooks; the head does not own them.
class hook_list {
public:
    hook_list() noexcept { head_.prev = head_.next = &head_; }
    hook_list(const hook_list&)            = delete;
    hook_list& operator=(const hook_list&) = delete;

    bool  empty() const noexcept { return head_.next == &head_; }
    hook& front() noexcept { return static_cast<hook&>(*head_.next); }
    void  push_back(hook& h) noexcept
    {
        h.prev           = head_.prev;
        h.next           = &head_;
        head_.prev->next = &h;
        head_.prev       = &h;
    }
    hook& pop_front() noexcept
    {
        hook& first = front();
        first.unlink();
        return first;
    }
    template <class F>
    void for_each(F f) const
    {
        for (auto* link = head_.next; link != &head_; link = link->next) f(static_cast<hook&>(*link));
    }

private:
    hook_link head_;
};

}  // namespace curfew::detail
