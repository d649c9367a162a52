#include "origin_pool.hpp"

#include <algorithm>

namespace curfew::detail {

std::optional<stream_ptr> origin_pool::try_take(time_point now)
{
    auto stream = take_idle(now);
    if (!stream && taken_ >= std::max<std::size_t>(options_.connections, 1)) return std::nullopt;
    ++taken_;
    return stream;
}

// The one given back last most likely still lives, and those that are too many may grow old.
stream_ptr origin_pool::take_idle(time_point now) noexcept
{
    expire(now);
    if (idle_.empty()) return nullptr;
    auto stream = std::move(idle_.back().stream);
    idle_.pop_back();
    return stream;
}

bool origin_pool::enqueue(pool_waiter& who)
{
    if (queue_.size() >= options_.waiting) return false;
    who.at_    = queue_.insert(queue_.end(), &who);
    who.state_ = pool_waiter::state::queued;
    return true;
}

void origin_pool::withdraw(pool_waiter& who, time_point now) noexcept
{
    switch (std::exchange(who.state_, pool_waiter::state::outside)) {
    case pool_waiter::state::outside: break;
    case pool_waiter::state::queued: queue_.erase(who.at_); break;
    case pool_waiter::state::granted:
        if (who.stream_)
            give_back(std::move(who.stream_), now);
        else
            give_up();
    }
}

// Hands a place to whoever waited longest. False if nobody waits.
bool origin_pool::pass_on(stream_ptr& stream) noexcept
{
    if (queue_.empty()) return false;
    auto& next = *queue_.front();
    queue_.pop_front();
    next.state_  = pool_waiter::state::granted;
    next.stream_ = std::move(stream);
    next.on_granted();
    return true;
}

void origin_pool::give_back(stream_ptr stream, time_point now) noexcept
{
    if (pass_on(stream)) return;
    --taken_;
    if (closed_ || options_.idle == 0) return;
    if (idle_.size() >= options_.idle) idle_.pop_front();
    idle_.push_back({std::move(stream), now + options_.idle_time});
}

void origin_pool::give_up() noexcept
{
    stream_ptr none;
    if (!pass_on(none)) --taken_;
}

void origin_pool::expire(time_point now) noexcept
{
    while (!idle_.empty() && idle_.front().until <= now) idle_.pop_front();
}

void origin_pool::close() noexcept
{
    closed_ = true;
    idle_.clear();
}

}  // namespace curfew::detail
