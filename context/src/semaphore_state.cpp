#include <curfew/semaphore.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

namespace curfew::detail {

bool semaphore_state::enter(entry& waiter)
{
    std::lock_guard lock(mutex_);
    if (free_ != 0) {
        --free_;
        return true;
    }
    if (waiting_count_ == most_waiting_) {
        waiter.refusal = make_error_code(boost::system::errc::resource_unavailable_try_again);
        return true;
    }
    waiting_.push_back(waiter);
    ++waiting_count_;
    return false;
}

bool semaphore_state::leave(entry& waiter) noexcept
{
    std::lock_guard lock(mutex_);
    if (!waiter.linked()) return false;
    waiter.unlink();
    --waiting_count_;
    return true;
}

semaphore_state::results semaphore_state::collect(entry& waiter) noexcept
{
    return waiter.refusal ? permit() : permit(shared_from_this());
}

bool semaphore_state::give_back(entry& waiter) noexcept
{
    if (!waiter.refusal) release();
    return true;
}

bool semaphore_state::try_take()
{
    std::lock_guard lock(mutex_);
    if (free_ == 0) return false;
    --free_;
    return true;
}

void semaphore_state::release() noexcept
{
    std::unique_lock lock(mutex_);
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    auto& next = waiting_.pop_front();
    --waiting_count_;
    lock.unlock();
    next.wake();
}

void semaphore_state::close() noexcept
{
    for (;;) {
        std::unique_lock lock(mutex_);
        if (waiting_.empty()) return;
        auto& next = waiting_.pop_front();
        --waiting_count_;
        lock.unlock();
        next.refusal = boost::asio::error::operation_aborted;
        next.wake();
    }
}

std::size_t semaphore_state::available() const
{
    std::lock_guard lock(mutex_);
    return free_;
}

std::size_t semaphore_state::waiting() const
{
    std::lock_guard lock(mutex_);
    return waiting_count_;
}

}  // namespace curfew::detail
