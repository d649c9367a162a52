// A node of the context tree. The tree is the live registry: whatever runs under a context hangs in it.
#pragma once

#include <curfew/cause.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/domain_mutex.hpp>
#include <curfew/detail/hook.hpp>
#include <curfew/detail/node_base.hpp>
#include <curfew/detail/work_notes.hpp>
#include <curfew/error.hpp>
#include <curfew/trace_context.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <source_location>

namespace curfew::detail {

class home;
class loop;
class work_node;

/// Who set a deadline, and to what.
struct deadline_setting {
    deadline_origin      origin     = deadline_origin::none;
    const char*          header     = "";  // static storage
    duration             configured = duration::zero();
    std::source_location where;
};

/// A node with a cancellation state of its own.
///
/// Lock domains: all nodes of one connection (or of one detached tree, or of one root) share the lock in the domain's
/// topmost node. A child that begins a domain of its own is to its parent an ordinary hook.
/// A cancel first marks every descendant, one domain after the other, each under its lock; then it fires their hooks one by
/// one without a lock. No two locks are ever held.
class node : public node_base, public hook {
public:
    static constexpr time_point no_deadline = time_point::max();

    enum class domain { shared, own };

    /// Makes a node.
    ///
    /// `parent`: whose values and names it inherits, and which it keeps alive; null for a root.
    /// `under`:  with whom it ends; `&parent->life()` for a child, something else or null for a detached tree.
    /// `on`:     the loop that fires its deadline. A node without `under`, or of another loop, begins a domain.
    node(node_base* parent, node* under, class loop& on, domain, const char* name, std::source_location where);
    virtual ~node() = default;

    // ---- state
    bool       done() const noexcept { return state_.load(std::memory_order_acquire) != 0; }
    error_code error() const noexcept
    {
        const int state = state_.load(std::memory_order_acquire);
        return state == 0 ? error_code() : make_error_code(static_cast<errc>(state));
    }
    curfew::cause       why() const noexcept { return curfew::cause(done() ? cause_ : nullptr); }
    /// Valid while the node is retained. Precondition: done.
    const cause_record& why_record() const noexcept { return *cause_; }

    class loop& loop() const noexcept { return *loop_; }
    work_node&  work() const noexcept { return *work_; }

    // ---- cancellation
    /// Ends the node and all its descendants; nothing happens if it is done. Marking is complete on return.
    /// Takes over the caller's reference on `record`.
    void cancel(const cause_record* record) noexcept;
    /// Links `h` so that it is fired when the node ends. False if the node is done: then it will not be fired.
    bool add(hook& h) noexcept;
    /// Unlinks `h` if it still waits. True if it did: then it has not been fired and will not be.
    bool remove(hook& h) noexcept;

    // ---- deadline
    time_point deadline() const noexcept
    {
        return time_point(duration(deadline_.load(std::memory_order_relaxed)));
    }
    const deadline_setting& setting() const noexcept { return setting_; }
    /// Lowers the deadline and arms it; a later one than is in force is only remembered. Called once, by the creator.
    /// `now`: by the loop's clock.
    void set_deadline(time_point when, const deadline_setting& setting, time_point now);
    /// Ends the node with `deadline_exceeded`, as its own deadline setting says.
    void expire() noexcept;

    // ---- the coroutine whose raw operations obey this node (own loop's thread only)
    home* resident() const noexcept { return resident_; }
    void  set_resident(home* h) noexcept { resident_ = h; }

    /// Calls `f(hook&)` for each hook under this node, under the lock: `f` may retain it, but not touch the tree.
    template <class F>
    void for_each_hook(F f)
    {
        std::lock_guard lock(domain_->mutex_);
        hooks_.for_each(f);
    }

    // ---- hook: how this node looks to its parent
    bool             retain() noexcept override { return try_acquire(); }
    void             fire(const cause_record&) noexcept override {}  // a cancel treats nodes by themselves
    node*            as_node() noexcept override { return this; }
    hook_description describe() const noexcept override;

protected:
    /// Makes a node that `link` has yet to hang under `under`.
    struct unlinked {};
    node(unlinked, node_base* parent, node* under, class loop& on, domain, const char* name,
         std::source_location where);
    /// The last thing that the constructor of the whole object does: from then on a cancel on another thread may come.
    void link() noexcept;

    /// Back to the state of a fresh child, for a node that only its owner holds and that has not ended.
    void reuse(time_point deadline, const deadline_setting& setting) noexcept
    {
        deadline_.store(deadline.time_since_epoch().count(), std::memory_order_relaxed);
        setting_ = setting;
    }

    work_node* work_ = nullptr;

private:
    bool        destroy() noexcept override;
    void        dispose() noexcept;
    static void on_deadline(deadline_entry& entry, deadline_event event) noexcept;

    /// Whether a cancel has found the node ended already; or has ended it, and with that nothing else; or has acquired it
    /// besides, as its list has something for `fire_hooks`.
    enum class marked : std::uint8_t { before, alone, with_hooks };

    marked        mark(const cause_record* record, std::uint32_t lent) noexcept;
    std::uint32_t mark_domain(const cause_record* record, hook_list& other_domains) noexcept;
    void          mark_other_domains(const cause_record* record, hook_list& tops) noexcept;
    void          wait_until_all_are_marked() const noexcept;
    void          fire_hooks() noexcept;

    struct own_deadline final : deadline_entry {
        explicit own_deadline(node& n) noexcept : deadline_entry(&node::on_deadline, n.where()), owner(n) {}
        node& owner;
    };

    std::atomic<std::uint8_t>          state_{0};
    bool                               holds_loop_  = false;
    bool                               holds_under_ = false;
    bool                               timed_       = false;
    std::atomic<std::uint32_t>         spreading_{0};  // of the domain's topmost node: cancels that mark other domains
    domain_mutex                       mutex_;   // used by the domain's topmost node only
    node*                              domain_;  // kept alive by the chain of parents
    node*                              under_;   // whose hook list this one is in, or was; null if in none
    class loop*                        loop_;
    const cause_record*                cause_ = nullptr;
    hook_list                          hooks_;
    std::atomic<duration::rep>         deadline_{no_deadline.time_since_epoch().count()};
    deadline_setting                   setting_;
    own_deadline                       timer_{*this};
    home*                              resident_ = nullptr;
};

/// A node at which a unit of work begins: a request, detached work, or a root.
///
/// Descendants share its trace context and count their operations here, so that the owner can wait until all are home.
class work_node : public node {
public:
    /// See `node::node`.
    work_node(node_base* parent, node* under, class loop& on, domain, const char* name, std::source_location where);

    trace_context&       trace() noexcept { return trace_; }
    const trace_context& trace() const noexcept { return trace_; }
    time_point           started() const noexcept { return started_; }
    work_notes&          notes() noexcept { return notes_; }

    /// Lowers the deadline of this very unit of work (the `timeout` middleware); a later one changes nothing.
    /// On the own loop's thread. A server's request overrides it, as one heap entry serves its whole connection.
    virtual void lower_deadline(time_point when, const deadline_setting& setting);

    // ---- operations under way (bound operations and sleeps; any thread)
    void          operation_started() noexcept { operations_.fetch_add(1, std::memory_order_relaxed); }
    void          operation_finished() noexcept;
    std::uint32_t operations() const noexcept { return operations_.load(std::memory_order_acquire) & ~watched; }
    /// An operation has ended because its context did. Counts if that was the end of the whole unit of work.
    void          operation_stopped() noexcept
    {
        if (done()) stopped_.fetch_add(1, std::memory_order_relaxed);
    }
    std::uint32_t stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }
    /// Calls `on_quiet(argument)` on the loop's thread each time the number of operations falls to 0, until stopped.
    void watch_operations(void (*on_quiet)(void*), void* argument) noexcept;
    void unwatch_operations() noexcept;

    // ---- parts of it that are not to be canceled with the client (any thread)
    void shield_entered() noexcept { shields_.fetch_add(1, std::memory_order_relaxed); }
    void shield_left() noexcept { shields_.fetch_sub(1, std::memory_order_relaxed); }
    bool shielded() const noexcept { return shields_.load(std::memory_order_relaxed) != 0; }

    /// See `node::reuse`.
    void reuse(time_point now, time_point deadline, const deadline_setting& setting) noexcept
    {
        node::reuse(deadline, setting);
        started_ = now;
        notes_.clear();
    }

protected:
    work_node(unlinked, node_base* parent, node* under, class loop& on, domain, const char* name,
              std::source_location where);

private:
    static constexpr std::uint32_t watched = 1u << 31;

    trace_context              trace_;
    time_point                 started_;
    work_notes                 notes_;
    std::atomic<std::uint32_t> operations_{0};
    std::atomic<std::uint32_t> stopped_{0};  // no node that has ended is reused
    std::atomic<std::uint32_t> shields_{0};  // what counts here keeps the node from being reused
    void (*on_quiet_)(void*) = nullptr;
    void* on_quiet_argument_ = nullptr;
};

}  // namespace curfew::detail
