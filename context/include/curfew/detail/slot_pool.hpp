// What the pools of connections have in common: a bounded number of slots, lent first come, first served.
#pragma once

#include <curfew/detail/context_here.hpp>
#include <curfew/task.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace curfew::detail {

class slot_pool;

/// Why a slot was not lent.
enum class slot_refusal : std::uint8_t {
    none,      ///< It was.
    canceled,  ///< The context ended first.
    crowded,   ///< As many wait already as may.
    closed,    ///< The pool has been closed.
};

/// A slot on loan, given back on destruction; or the reason why there is none.
class lent_slot {
public:
    explicit lent_slot(slot_refusal why = slot_refusal::closed) noexcept : why_(why) {}
    explicit lent_slot(curfew::cause ended_by) noexcept : why_(slot_refusal::canceled), cause_(std::move(ended_by)) {}
    lent_slot(std::shared_ptr<slot_pool> pool, std::size_t index) noexcept : pool_(std::move(pool)), index_(index) {}
    lent_slot(lent_slot&&) noexcept = default;
    lent_slot& operator=(lent_slot&& other) noexcept
    {
        std::swap(pool_, other.pool_);
        std::swap(index_, other.index_);
        std::swap(why_, other.why_);
        std::swap(cause_, other.cause_);
        return *this;
    }
    ~lent_slot();

    explicit operator bool() const noexcept { return pool_ != nullptr; }
    slot_refusal refusal() const noexcept { return why_; }
    /// Why the context ended, that of the acquirer or of its coroutine alone; empty unless that is the refusal.
    const curfew::cause& cause() const noexcept { return cause_; }
    /// Which of the slots, from 0. Precondition: there is one.
    std::size_t index() const noexcept { return index_; }

private:
    std::shared_ptr<slot_pool> pool_;
    std::size_t                index_ = 0;
    slot_refusal               why_   = slot_refusal::none;
    curfew::cause              cause_;
};

/// Lends the numbers 0 to `size` - 1 to coroutines of any loop. What a number stands for is the owner's affair.
///
/// Strictly in order of arrival: nobody overtakes those that wait. An acquirer that is canceled after its grant and before
/// it goes on gives the slot back to the next.
/// Thread safety: everything from any thread. Owned by a shared pointer, since a slot may come back late.
class slot_pool : public std::enable_shared_from_this<slot_pool> {
public:
    slot_pool(std::size_t size, std::size_t most_waiting);
    ~slot_pool();

    /// Waits for a slot, until `ctx` ends. Does not throw for lack of one. The slot given back last is lent first.
    task<lent_slot> acquire(context_here ctx);

    /// Refuses everybody who waits or comes from now on. Slots on loan come back as ever.
    void close();

    std::size_t size() const noexcept { return size_; }
    std::size_t idle() const;
    std::size_t waiting() const;

private:
    friend class lent_slot;
    class waiter;
    using queue = std::list<std::shared_ptr<waiter>>;

    /// A slot, or a refusal; nothing if the acquirer has to wait.
    std::optional<lent_slot> grant();
    std::optional<lent_slot> grant_locked();
    std::optional<lent_slot> grant_or_queue(waiter& who);
    std::shared_ptr<waiter>  next_waiter_locked() noexcept;
    void                     put_back(std::size_t index) noexcept;
    /// Takes it out of the queue; false if it is not there.
    bool withdraw(waiter& who) noexcept;

    const std::size_t        size_;
    const std::size_t        most_waiting_;
    mutable std::mutex       mutex_;
    std::vector<std::size_t> idle_;
    queue                    queue_;
    bool                     closed_  = false;
};

}  // namespace curfew::detail
