#include <curfew/detail/slot_pool.hpp>

#include <curfew/after_cancel.hpp>
#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/remote_wait.hpp>

#include <boost/asio/this_coro.hpp>

#include <optional>

namespace curfew::detail {

/// One acquirer in the queue. Whoever takes it out of there, under the pool's lock, says what it gets.
class slot_pool::waiter final : public remote_wait {
public:
    waiter(std::shared_ptr<slot_pool> pool, context own, boost::asio::any_io_executor caller)
        : remote_wait(std::move(own), std::move(caller)), pool_(std::move(pool))
    {
    }

    /// What it was granted, or refused. Precondition: it has finished.
    lent_slot& outcome() noexcept { return *outcome_; }

    /// Precondition: not in the queue, or taken out of it by the caller.
    void finish_with(lent_slot outcome)
    {
        outcome_.emplace(std::move(outcome));
        finish();
    }

private:
    void begin() override
    {
        const auto self = std::static_pointer_cast<waiter>(shared_from_this());
        on_cancel_      = after_cancel(get_context(), [self] {
            if (self->pool_->withdraw(*self)) self->finish_with(lent_slot(self->get_context().cause()));
        });
        if (auto at_once = pool_->grant_or_queue(*this)) finish_with(std::move(*at_once));
    }
    void ended() noexcept override
    {
        on_cancel_.reset();
        pool_->withdraw(*this);
    }

    friend class slot_pool;

    std::shared_ptr<slot_pool>     pool_;
    std::optional<queue::iterator> place_;  // in the queue; under the pool's lock
    std::optional<lent_slot>       outcome_;
    cancel_registration            on_cancel_;
};

lent_slot::~lent_slot()
{
    if (pool_) pool_->put_back(index_);
}

slot_pool::slot_pool(std::size_t size, std::size_t most_waiting) : size_(size), most_waiting_(most_waiting)
{
    idle_.reserve(size);
    for (std::size_t index = size; index-- > 0;) idle_.push_back(index);
}

slot_pool::~slot_pool() = default;

task<lent_slot> slot_pool::acquire(context_here ctx)
{
    using namespace boost::asio;
    if (ctx.ctx.done()) co_return lent_slot(ctx.ctx.cause());
    if (auto at_once = grant()) co_return std::move(*at_once);

    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // what was granted must not be lost
    const auto who = std::make_shared<waiter>(shared_from_this(), scope_context(ctx, "acquire"),
                                              co_await this_coro::executor);
    co_await who->wait();
    co_await this_coro::throw_if_cancelled(throws);
    auto outcome = std::move(who->outcome());
    if (who->get_context().done()) outcome = lent_slot(who->get_context().cause());  // a slot granted meanwhile goes back
    co_return outcome;
}

std::optional<lent_slot> slot_pool::grant()
{
    std::lock_guard lock(mutex_);
    return grant_locked();
}

std::optional<lent_slot> slot_pool::grant_locked()
{
    if (closed_) return lent_slot(slot_refusal::closed);
    if (idle_.empty()) {
        if (queue_.size() >= most_waiting_) return lent_slot(slot_refusal::crowded);
        return std::nullopt;
    }
    const auto index = idle_.back();
    idle_.pop_back();
    return lent_slot(shared_from_this(), index);
}

std::optional<lent_slot> slot_pool::grant_or_queue(waiter& who)
{
    std::lock_guard lock(mutex_);
    // A cancel marks before it calls back: either it shows here, or its callback finds the waiter queued.
    if (who.get_context().done()) return lent_slot(who.get_context().cause());
    if (auto at_once = grant_locked()) return at_once;
    who.place_ = queue_.insert(queue_.end(), std::static_pointer_cast<waiter>(who.shared_from_this()));
    return std::nullopt;
}

bool slot_pool::withdraw(waiter& who) noexcept
{
    std::lock_guard lock(mutex_);
    if (!who.place_) return false;
    queue_.erase(*who.place_);
    who.place_.reset();
    return true;
}

std::shared_ptr<slot_pool::waiter> slot_pool::next_waiter_locked() noexcept
{
    if (queue_.empty()) return nullptr;
    auto first = std::move(queue_.front());
    queue_.pop_front();
    first->place_.reset();
    return first;
}

void slot_pool::put_back(std::size_t index) noexcept
{
    std::unique_lock lock(mutex_);
    const auto       next = next_waiter_locked();
    if (!next) return idle_.push_back(index);
    lock.unlock();
    next->finish_with(lent_slot(shared_from_this(), index));
}

void slot_pool::close()
{
    std::unique_lock lock(mutex_);
    closed_ = true;
    while (const auto next = next_waiter_locked()) {
        lock.unlock();
        next->finish_with(lent_slot(slot_refusal::closed));
        lock.lock();
    }
}

std::size_t slot_pool::idle() const
{
    std::lock_guard lock(mutex_);
    return idle_.size();
}

std::size_t slot_pool::waiting() const
{
    std::lock_guard lock(mutex_);
    return queue_.size();
}

}  // namespace curfew::detail
