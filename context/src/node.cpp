#include <curfew/detail/node.hpp>

#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>

#include <cassert>

namespace curfew::detail {

// ---- node_base

node_base::node_base(node_base* parent, node* life, const char* name, std::source_location where) noexcept
    : parent_(parent), life_(life), name_(name), where_(where)
{
    if (parent_) parent_->acquire();
}

bool node_base::try_acquire() noexcept
{
    auto count = references_.load(std::memory_order_relaxed);
    while (count != 0)
        if (references_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
    return false;
}

void node_base::destroy_chain(node_base* last) noexcept
{
    // A loop, not a recursion: a chain may be as long as its user likes.
    while (last) {
        node_base* const parent = last->parent_;
        if (!last->destroy()) return;
        const bool parent_too = parent && parent->references_.fetch_sub(1, std::memory_order_acq_rel) == 1;
        last                  = parent_too ? parent : nullptr;
    }
}

// ---- node: making and destroying

node::node(node_base* parent, node* under, class loop& on, domain kind, const char* name, std::source_location where)
    : node(unlinked(), parent, under, on, kind, name, where)
{
    link();
}

node::node(unlinked, node_base* parent, node* under, class loop& on, domain kind, const char* name,
           std::source_location where)
    : node_base(parent, this, name, where), under_(under), loop_(&on)
{
    node* const life = parent ? &parent->life() : nullptr;
    const bool  own  = kind == domain::own || !under || under != life || under->loop_ != &on;
    domain_          = own ? this : under->domain_;
    work_            = life ? life->work_ : nullptr;
    if (!life || life->loop_ != &on) {
        holds_loop_ = true;
        on.retain();
    }
    if (!under) return;
    if (under != life) {
        holds_under_ = true;
        under->acquire();
    }
    deadline_.store(under->deadline_.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

void node::link() noexcept
{
    if (!under_ || under_->add(*this)) return;
    cause_ = under_->cause_;
    detail::retain(cause_);
    state_.store(under_->state_.load(std::memory_order_relaxed), std::memory_order_release);
}

bool node::destroy() noexcept
{
    // The loop's own thread is the only one that touches its heap. A loop that is gone has nothing in it any more, and
    // posting to it would free the parents by recursion.
    if (timed_ && !loop_->here() && !loop_->gone()) {
        struct on_own_loop {
            explicit on_own_loop(node* n) noexcept : last(n) {}
            on_own_loop(on_own_loop&& other) noexcept : last(std::exchange(other.last, nullptr)) {}
            ~on_own_loop()
            {
                // Also reached without being called: when the io_context is destroyed.
                if (!last) return;
                node_base* const parent = last->parent();
                last->dispose();
                if (parent) parent->release();
            }
            void operator()() noexcept {}
            node* last;
        };
        loop_->post(on_own_loop(this));
        return false;
    }
    dispose();
    return true;
}

void node::dispose() noexcept
{
    assert(!resident_);  // a home keeps its target alive
    if (timer_.armed()) loop_->disarm(timer_);
    node* const       under = under_;
    class loop* const held  = holds_loop_ ? loop_ : nullptr;
    const bool        drop  = holds_under_;
    if (under) under->remove(*this);
    detail::release(cause_);
    delete this;
    if (drop) under->release();
    if (held) held->release();
}

// ---- node: cancellation

bool node::add(hook& h) noexcept
{
    std::lock_guard lock(domain_->mutex_);
    if (state_.load(std::memory_order_relaxed) != 0) return false;
    hooks_.push_back(h);
    return true;
}

bool node::remove(hook& h) noexcept
{
    std::lock_guard lock(domain_->mutex_);
    if (!h.linked()) return false;
    h.unlink();
    return true;
}

void node::cancel(const cause_record* record) noexcept
{
    switch (mark(record, 1)) {
    case marked::before: detail::release(record); break;
    case marked::alone: break;
    case marked::with_hooks:
        fire_hooks();
        release();
        break;
    }
}

/// `lent`: how many of the caller's references on `record` the nodes may keep. They keep none of a node marked before.
node::marked node::mark(const cause_record* record, std::uint32_t lent) noexcept
{
    std::unique_lock lock(domain_->mutex_);
    if (state_.load(std::memory_order_relaxed) != 0) {
        lock.unlock();
        wait_until_all_are_marked();
        return marked::before;
    }
    if (hooks_.empty()) {
        if (lent == 0) detail::retain(record);
        cause_ = record;
        state_.store(static_cast<std::uint8_t>(error_of(record->kind)), std::memory_order_release);
        return marked::alone;
    }
    hook_list other_domains;
    if (const auto more = mark_domain(record, other_domains) - lent)
        record->references.fetch_add(more, std::memory_order_relaxed);
    const bool alone = hooks_.empty() && other_domains.empty();
    if (!alone) acquire();  // a fired hook may drop the last handle
    if (!other_domains.empty()) {
        domain_->spreading_.fetch_add(1, std::memory_order_relaxed);
        lock.unlock();
        mark_other_domains(record, other_domains);
        if (domain_->spreading_.fetch_sub(1, std::memory_order_acq_rel) == 1) domain_->spreading_.notify_all();
    } else {
        lock.unlock();
    }
    wait_until_all_are_marked();
    return alone ? marked::alone : marked::with_hooks;
}

/// Marks the descendants that share this node's lock, and gathers their hooks in this node's list.
std::uint32_t node::mark_domain(const cause_record* record, hook_list& other_domains) noexcept
{
    // Descendants wait in a list made of the links that held them under their parents: no recursion, no allocation.
    hook_list     pending, to_fire;
    std::uint32_t count = 0;
    const auto    state = static_cast<std::uint8_t>(error_of(record->kind));
    for (node* current = this;;) {
        ++count;
        current->cause_ = record;
        current->state_.store(state, std::memory_order_release);
        while (!current->hooks_.empty()) {
            hook&       h     = current->hooks_.pop_front();
            node* const child = h.as_node();
            if (!child)
                to_fire.push_back(h);
            else if (child->domain_ != domain_)
                other_domains.push_back(h);
            else if (child->state_.load(std::memory_order_relaxed) == 0)
                pending.push_back(h);
        }
        if (pending.empty()) break;
        current = pending.pop_front().as_node();
    }
    hooks_.append(to_fire);
    return count;
}

/// Marks the topmost nodes of other domains, and what is below them. They are acquired, and go to this node's list.
void node::mark_other_domains(const cause_record* record, hook_list& tops) noexcept
{
    std::unique_lock lock(domain_->mutex_);
    while (!tops.empty()) {
        hook& h = tops.pop_front();
        if (!h.retain()) continue;
        lock.unlock();
        node* const top  = h.as_node();
        const bool  more = top->mark(record, 0) == marked::with_hooks;
        lock.lock();
        hooks_.push_back(h);
        if (more) top->release();  // not the last one: what follows may run destructors of users, and comes when all are marked
    }
}

/// Another cancel may have come first, and still be marking descendants in other domains: they are to be done when this one
/// returns as well. Waits downwards in the tree only, and never while a user's code runs.
void node::wait_until_all_are_marked() const noexcept
{
    while (const auto others = domain_->spreading_.load(std::memory_order_acquire))
        domain_->spreading_.wait(others, std::memory_order_acquire);
}

void node::fire_hooks() noexcept
{
    std::unique_lock lock(domain_->mutex_);
    while (!hooks_.empty()) {
        hook&       h   = hooks_.pop_front();
        node* const top = h.as_node();
        if (!top && !h.retain()) continue;
        lock.unlock();
        if (top) {
            top->fire_hooks();
            top->release();
        } else {
            h.fire(*cause_);
        }
        lock.lock();
    }
}

hook_description node::describe() const noexcept
{
    return {hook_description::kind_type::context, name(), where()};
}

// ---- node: deadline

void node::set_deadline(time_point when, const deadline_setting& setting, time_point now)
{
    setting_ = setting;
    if (when >= deadline() || done()) return;
    deadline_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
    if (when <= now) {
        expire();
        return;
    }
    timed_ = true;
    if (loop_->here()) {
        loop_->arm(timer_, when);
        return;
    }
    loop_->post([self = node_ptr<node>::share(*this), when] {
        if (!self->done()) self->loop_->arm(self->timer_, when);
    });
}

void node::expire() noexcept
{
    cancel(make_cause(cause_kind::deadline_exceeded, *this, setting_.where, [this](cause_record& record) {
        record.origin     = setting_.origin;
        record.header     = setting_.header;
        record.configured = setting_.configured;
    }));
}

void node::on_deadline(deadline_entry& entry, deadline_event event) noexcept
{
    if (event != deadline_event::due) return;
    node& self = static_cast<own_deadline&>(entry).owner;
    if (!self.try_acquire()) return;  // its last handle has just been dropped on another thread
    self.expire();
    self.release();
}

// ---- work_node

work_node::work_node(node_base* parent, node* under, class loop& on, domain kind, const char* name,
                     std::source_location where)
    : work_node(unlinked(), parent, under, on, kind, name, where)
{
    link();
}

work_node::work_node(unlinked, node_base* parent, node* under, class loop& on, domain kind, const char* name,
                     std::source_location where)
    : node(unlinked(), parent, under, on, kind, name, where), started_(on.now())
{
    if (work_) trace_ = work_->trace();
    work_ = this;
}

void work_node::lower_deadline(time_point when, const deadline_setting& setting)
{
    if (when < deadline()) set_deadline(when, setting, loop().now());
}

void work_node::operation_finished() noexcept
{
    if (operations_.fetch_sub(1, std::memory_order_acq_rel) != (watched | 1u)) return;
    loop().post([self = node_ptr<work_node>::share(*this)] {
        if (self->on_quiet_ && self->operations() == 0) self->on_quiet_(self->on_quiet_argument_);
    });
}

void work_node::watch_operations(void (*on_quiet)(void*), void* argument) noexcept
{
    on_quiet_          = on_quiet;
    on_quiet_argument_ = argument;
    if (operations_.fetch_or(watched, std::memory_order_acq_rel) == 0)
        operation_started(), operation_finished();
}

void work_node::unwatch_operations() noexcept
{
    on_quiet_ = nullptr;
    operations_.fetch_and(~watched, std::memory_order_acq_rel);
}

}  // namespace curfew::detail
