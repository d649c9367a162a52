#include <curfew/detail/flight.hpp>

#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/detached_work.hpp>
#include <curfew/detail/error_mapping.hpp>

namespace curfew::detail {

namespace {

void cancel_abandoned(const context& call) noexcept
{
    auto& life = call.life();
    if (life.done()) return;
    life.cancel(make_cause(cause_kind::canceled, life, life.where(),
                           [](cause_record& record) { record.text = "nobody waits"; }));
}

}  // namespace

bool flight_base::enter(entry& waiter)
{
    std::lock_guard lock(mutex_);
    if (finished_) return true;
    waiting_.push_back(waiter);
    return false;
}

bool flight_base::leave(entry& waiter) noexcept
{
    std::lock_guard lock(mutex_);
    if (!waiter.linked()) return false;
    waiter.unlink();
    return true;
}

bool flight_base::finished() const
{
    std::lock_guard lock(mutex_);
    return finished_;
}

void flight_base::cancel() noexcept
{
    std::optional<context> call;
    {
        std::lock_guard lock(mutex_);
        if (finished_) return;
        canceled_ = true;
        call      = own_;
    }
    if (call) cancel_abandoned(*call);
}

context flight_base::begin(const context_here& from)
{
    const auto call = detached_context(from.ctx, name, from.where);
    bool       too_late;
    {
        std::lock_guard lock(mutex_);
        own_     = call;
        too_late = canceled_;
    }
    if (too_late) cancel_abandoned(call);
    return call;
}

void flight_base::land(std::exception_ptr error) noexcept
{
    std::optional<context> call;  // goes without the lock
    {
        std::lock_guard lock(mutex_);
        finished_ = true;
        error_    = own_ ? mapped(own_->life(), std::move(error)) : std::move(error);
        call.swap(own_);
    }
    for (;;) {
        std::unique_lock lock(mutex_);
        if (waiting_.empty()) return;
        auto& next = waiting_.pop_front();
        lock.unlock();
        next.wake();
    }
}

}  // namespace curfew::detail
