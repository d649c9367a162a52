// Intrusive lists: what is linked costs no allocation, and unlinks itself.
#pragma once

namespace curfew::detail {

/// A place in at most one list.
struct list_link {
    list_link* prev = nullptr;
    list_link* next = nullptr;

    bool linked() const noexcept { return next != nullptr; }
    void unlink() noexcept
    {
        prev->next = next;
        next->prev = prev;
        prev = next = nullptr;
    }
};

/// A circular list of what derives from `list_link`; the head does not own them.
template <class T>
class link_list {
public:
    link_list() noexcept { head_.prev = head_.next = &head_; }
    link_list(const link_list&)            = delete;
    link_list& operator=(const link_list&) = delete;

    bool empty() const noexcept { return head_.next == &head_; }
    T&   front() const noexcept { return static_cast<T&>(*head_.next); }
    void push_back(T& one) noexcept
    {
        list_link& link  = one;
        link.prev        = head_.prev;
        link.next        = &head_;
        head_.prev->next = &link;
        head_.prev       = &link;
    }
    T& pop_front() noexcept
    {
        T& first = front();
        static_cast<list_link&>(first).unlink();
        return first;
    }
    /// Puts all of the other's behind these.
    void append(link_list& other) noexcept
    {
        if (other.empty()) return;
        other.head_.next->prev = head_.prev;
        other.head_.prev->next = &head_;
        head_.prev->next       = other.head_.next;
        head_.prev             = other.head_.prev;
        other.head_.prev = other.head_.next = &other.head_;
    }
    template <class F>
    void for_each(F f) const
    {
        for (auto* link = head_.next; link != &head_; link = link->next) f(static_cast<T&>(*link));
    }

private:
    list_link head_;
};

}  // namespace curfew::detail
