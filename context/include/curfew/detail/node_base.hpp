// A link of the chain along which a context looks up values and names.
#pragma once

#include <curfew/detail/recycled.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <source_location>
#include <utility>

namespace curfew::detail {

class node;

/// What a `context` handle points at: a link of the chain along which values and names are looked up.
///
/// Immutable but for its reference count. Holds a reference on its parent.
class node_base : public recycled {
public:
    node_base(const node_base&)            = delete;
    node_base& operator=(const node_base&) = delete;

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy_chain(this);
    }
    std::uint32_t references() const noexcept { return references_.load(std::memory_order_acquire); }

    node_base*           parent() const noexcept { return parent_; }
    /// The node that holds the cancellation state: this one, or the nearest ancestor that is more than a value.
    node&                life() const noexcept { return *life_; }
    const char*          name() const noexcept { return name_; }
    std::source_location where() const noexcept { return where_; }

    /// The value stored under `key` in this very node, or null.
    const void* value_of(const void* key) const noexcept { return key == key_ ? value_ : nullptr; }

protected:
    node_base(node_base* parent, node* life, const char* name, std::source_location where) noexcept;
    ~node_base() = default;

    /// Acquires a reference unless the last one has been released already.
    bool try_acquire() noexcept;

    /// For a node that only its owner holds. Precondition: `name` has static storage.
    void rename(const char* name) noexcept { name_ = name; }

    const void* key_   = nullptr;
    const void* value_ = nullptr;

private:
    static void destroy_chain(node_base* last) noexcept;
    /// Takes the node out of the tree and frees it, without touching the parent's count. False if that was handed to
    /// the node's own loop, which then also releases the parent.
    virtual bool destroy() noexcept = 0;

    std::atomic<std::uint32_t> references_{1};
    node_base*                 parent_;
    node*                      life_;
    const char*                name_;
    std::source_location       where_;

    friend class node;
};

/// Owns one reference on a node.
template <class Node>
class node_ptr {
public:
    node_ptr() noexcept = default;
    /// Takes over a reference.
    explicit node_ptr(Node* adopted) noexcept : node_(adopted) {}
    node_ptr(const node_ptr& other) noexcept : node_(other.node_)
    {
        if (node_) node_->acquire();
    }
    node_ptr(node_ptr&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    /// As a pointer to a base class.
    template <class Derived>
        requires std::convertible_to<Derived*, Node*>
    explicit node_ptr(node_ptr<Derived>&& other) noexcept : node_(other.leave())
    {
    }
    node_ptr& operator=(node_ptr other) noexcept
    {
        std::swap(node_, other.node_);
        return *this;
    }
    ~node_ptr()
    {
        if (node_) node_->release();
    }

    static node_ptr share(Node& node) noexcept
    {
        node.acquire();
        return node_ptr(&node);
    }

    Node* get() const noexcept { return node_; }
    /// Gives the reference to the caller.
    Node* leave() noexcept { return std::exchange(node_, nullptr); }
    Node& operator*() const noexcept { return *node_; }
    Node* operator->() const noexcept { return node_; }
    explicit operator bool() const noexcept { return node_ != nullptr; }

private:
    Node* node_ = nullptr;
};

}  // namespace curfew::detail
