// The connections to one origin on one loop: who has one, who waits for one. Without I/O.
#pragma once

#include "client_stream.hpp"

#include <curfew/client_options.hpp>
#include <curfew/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <utility>

namespace curfew::detail {

/// Somebody who waits for a place in a pool. Withdraws before it goes.
class pool_waiter {
public:
    bool       is_granted() const noexcept { return state_ == state::granted; }
    /// Takes the place: `withdraw` does nothing any more. Returns the connection that came with it; null: make one.
    /// Precondition: granted.
    stream_ptr take() noexcept
    {
        state_ = state::outside;
        return std::move(stream_);
    }

protected:
    ~pool_waiter() = default;

private:
    friend class origin_pool;
    enum class state : std::uint8_t { outside, queued, granted };

    /// The place is there. Called while another call gives it back: takes note, and resumes nobody.
    virtual void on_granted() noexcept = 0;

    state                             state_ = state::outside;
    stream_ptr                        stream_;
    std::list<pool_waiter*>::iterator at_;
};

/// Gives out places, each good for one connection, and keeps connections that nobody uses.
///
/// A call has a place from before it connects until its connection is given back or closed. A place that becomes free goes
/// to whoever waited longest, with the connection if that is still good. Not thread-safe.
class origin_pool {
public:
    /// Lifetime: `options` are borrowed.
    explicit origin_pool(const pool_options& options) noexcept : options_(options) {}

    /// Takes a place without waiting. Returns: nothing if none is free; else an idle connection, or null: make one.
    std::optional<stream_ptr> try_take(time_point now);
    /// Takes an idle connection for a place that is taken already; null if there is none.
    stream_ptr                take_idle(time_point now) noexcept;

    /// Waits in line for a place. False if too many do. Precondition: `try_take` gave nothing.
    bool enqueue(pool_waiter& who);
    /// Leaves the line; gives back what has been granted and not taken.
    void withdraw(pool_waiter& who, time_point now) noexcept;

    /// A place and its connection are free again.
    void give_back(stream_ptr stream, time_point now) noexcept;
    /// A place is free again, and its connection is gone.
    void give_up() noexcept;

    /// Closes what has been idle for too long.
    void       expire(time_point now) noexcept;
    /// When `expire` has something to do; `time_point::max()` if never.
    time_point next_expiry() const noexcept { return idle_.empty() ? time_point::max() : idle_.front().until; }
    /// Closes what is idle, and keeps nothing from now on.
    void       close() noexcept;

    std::size_t taken() const noexcept { return taken_; }
    std::size_t idle() const noexcept { return idle_.size(); }
    std::size_t waiting() const noexcept { return queue_.size(); }
    bool        empty() const noexcept { return taken_ == 0 && idle_.empty() && queue_.empty(); }

private:
    struct idle_stream {
        stream_ptr stream;
        time_point until;
    };

    bool pass_on(stream_ptr& stream) noexcept;

    const pool_options&     options_;
    std::size_t             taken_ = 0;
    std::deque<idle_stream> idle_;  // in the order in which they were given back
    std::list<pool_waiter*> queue_;
    bool                    closed_ = false;
};

}  // namespace curfew::detail
