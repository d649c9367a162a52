// The home of a coroutine thread: through which a cancel reaches whatever operation the coroutine waits in.
#pragma once

#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/hook.hpp>
#include <curfew/detail/node.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <cstdint>
#include <source_location>
#include <utility>

namespace curfew::detail {

/// Binds the cancellation slot of one coroutine thread (one `co_spawn`) to one context at a time, its *target*.
///
/// Operations that the coroutine awaits without a context of their own obey the target. An operation bound to the
/// target needs no binding of its own: its slot *is* the home's.
/// Asio's slot is an edge: an operation begun after the emission would not notice. So while its target is done, the
/// home emits again, after 1, 2, 4 … 16 ms.
/// Thread safety: `retain`, `fire`, `acquire`, `release` from any thread; everything else on the loop's own.
class home final : public hook {
public:
    explicit home(loop& on) noexcept;

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }

    /// The slot to spawn the coroutine with.
    boost::asio::cancellation_slot outer_slot() noexcept { return signal_.slot(); }

    /// Makes the coroutine's own slot known, from within the coroutine: operations arrive with this one.
    void enter(boost::asio::cancellation_slot inner) noexcept
    {
        inner_      = inner;
        waiting_at_ = {};
    }
    /// Forgets it, since the address may be used again once the coroutine has ended.
    void leave() noexcept { inner_ = {}; }

    node* target() const noexcept { return target_.get(); }
    /// Moves to another target (or none) and returns the reference on the old one.
    node_ptr<node> retarget(node* to) noexcept;

    /// True if an operation that arrived with `slot` belongs to this home's coroutine.
    bool owns(const boost::asio::cancellation_slot& slot) const noexcept
    {
        return inner_.is_connected() && slot == inner_;
    }

    /// True while some home on this thread emits: what an operation's slot receives then is the end of that home's
    /// target, and no concern of an operation that was given another context.
    static bool emitting() noexcept;

    /// Where the operation that the coroutine waits in was started, as far as curfew saw it.
    std::source_location waiting_at() const noexcept { return waiting_at_; }
    void                 note(std::source_location at) noexcept { waiting_at_ = at; }

    bool             retain() noexcept override;
    void             fire(const cause_record& why) noexcept override;
    hook_description describe() const noexcept override;

private:
    ~home();

    void        emit() noexcept;
    void        emit_again_after(duration pause) noexcept;
    static void on_time(deadline_entry& entry, deadline_event event) noexcept;

    struct repeat_timer final : deadline_entry {
        explicit repeat_timer(home& h) noexcept : deadline_entry(&home::on_time), owner(h) {}
        home& owner;
    };

    std::atomic<std::uint32_t>       references_{1};
    loop&                            loop_;
    boost::asio::cancellation_signal signal_;
    boost::asio::cancellation_slot   inner_;
    node_ptr<node>                   target_;
    std::source_location             waiting_at_;
    duration                         pause_ = duration::zero();
    repeat_timer                     repeat_{*this};
};

/// Finds the home of the coroutine whose own slot is `slot`: that of the nearest node, from `from` upwards, at which it
/// resides. Null if there is none, or `from` belongs to another loop than the one of this thread.
home* find_home(const node_base& from, const boost::asio::cancellation_slot& slot) noexcept;

/// Notes where the coroutine whose own slot is `slot` waits, in an operation that was given another context than the one it
/// is at home in: one that `from` belongs to.
inline void note_wait(const node_base& from, const boost::asio::cancellation_slot& slot, std::source_location at) noexcept
{
    if (home* const waiting = find_home(from, slot)) waiting->note(at);
}

/// Makes the raw operations of a coroutine obey another node while in scope. Does nothing without a home.
class home_visit {
public:
    home_visit(home* at, node& to) noexcept : home_(at), before_(at ? at->retarget(&to) : node_ptr<node>()) {}
    home_visit(const home_visit&)            = delete;
    home_visit& operator=(const home_visit&) = delete;
    ~home_visit()
    {
        if (home_) home_->retarget(before_.get());
    }

private:
    home*          home_;
    node_ptr<node> before_;
};

/// Owns one reference on a home.
class home_ptr {
public:
    explicit home_ptr(loop& on) : home_(new home(on)) {}
    home_ptr(const home_ptr& other) noexcept : home_(other.home_) { home_->acquire(); }
    home_ptr(home_ptr&& other) noexcept : home_(std::exchange(other.home_, nullptr)) {}
    home_ptr& operator=(home_ptr other) noexcept
    {
        std::swap(home_, other.home_);
        return *this;
    }
    ~home_ptr()
    {
        if (home_) home_->release();
    }

    home& operator*() const noexcept { return *home_; }
    home* operator->() const noexcept { return home_; }
    home* get() const noexcept { return home_; }

private:
    home* home_;
};

}  // namespace curfew::detail
