// What curfew keeps per io_context: the deadline heap, its driver timer, the clock, work for the end of a turn.
#pragma once

#include <curfew/clock.hpp>
#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/lease.hpp>
#include <curfew/detail/link_list.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace curfew::detail {

class node;

/// Something that wants to run once at the end of the current turn of the loop.
class turn_end_task {
public:
    virtual void on_turn_end() noexcept = 0;

protected:
    ~turn_end_task() = default;
};

/// Something that a coroutine waits for on this loop, and that is neither time nor I/O: so nothing of Asio's owns it.
class loop_wait : public list_link {
public:
    /// The io_context is going: destroys the coroutine.
    virtual void abandon() noexcept = 0;

protected:
    loop_wait()  = default;
    ~loop_wait() = default;
};

/// One per io_context, which must be run by one thread at a time.
///
/// Reference-counted, because a context may outlive the io_context it was made for: after the io_context is gone,
/// `post` drops its function and nothing is armed any more.
/// Thread safety: `post`, `here`, `now`, `retain` and `release` from any thread; everything else on the loop's own.
class loop {
public:
    using executor_type = boost::asio::io_context::executor_type;

    static loop& of(boost::asio::io_context& io);

    explicit loop(boost::asio::io_context& io);
    loop(const loop&)            = delete;
    loop& operator=(const loop&) = delete;

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept;

    /// True on the thread that runs the io_context, while it runs it.
    bool here() const noexcept { return !gone() && executor_.running_in_this_thread(); }

    /// True once the io_context is being destroyed.
    bool gone() const noexcept { return io_.load(std::memory_order_relaxed) == nullptr; }

    executor_type        executor() const noexcept { return executor_; }
    /// True if a handler with this executor may be called directly from within this loop.
    bool runs(const executor_type& ex) const noexcept { return ex == executor_; }
    bool runs(const boost::asio::any_io_executor& ex) const noexcept
    {
        const auto* own = ex.target<executor_type>();
        return own && *own == executor_;
    }
    template <class Executor>
    bool runs(const Executor&) const noexcept
    {
        return false;
    }

    time_point now() const noexcept { return clock_ ? clock_->now() : std::chrono::steady_clock::now(); }
    void       set_clock(const clock& source) noexcept { clock_ = &source; }

    void arm(deadline_entry& entry, time_point when)
    {
        if (gone()) return;
        heap_.set(entry, when);
        if (!clock_ && when < driver_at_) drive(when);
    }
    void disarm(deadline_entry& entry) noexcept { heap_.remove(entry); }
    const deadline_heap& deadlines() const noexcept { return heap_; }

    /// Fires the earliest entry that is due, and tells whether there was one. Throws what a completion handler throws.
    bool fire_one(time_point now);

    /// Keeps `run()` from returning while something waits that Asio does not know of. Balanced by `work_finished`.
    void work_started() noexcept { executor_.on_work_started(); }
    void work_finished() noexcept
    {
        if (!gone()) executor_.on_work_finished();
    }

    /// Runs `f` on the loop's thread. False, with `f` dropped, if the io_context is gone.
    template <class F>
    bool post(F f)
    {
        {
            std::lock_guard lock(gone_mutex_);
            if (!gone()) {
                boost::asio::post(executor_, std::move(f));
                return true;
            }
        }
        return false;  // `f` goes without the lock: what it holds may post
    }

    /// Keeps a wait in mind until it unlinks itself, to abandon it when the io_context goes.
    void keep_in_mind(loop_wait& wait) noexcept { waits_.push_back(wait); }

    /// Runs `task` once all handlers that are ready now have run. The caller keeps it alive and adds it once.
    void at_turn_end(turn_end_task& task);
    void cancel_turn_end(turn_end_task& task) noexcept;

    /// The parent of work that outlives its request (`detach`); made on first use, or given by the server.
    node& detached_root();
    void  set_detached_root(node* root) noexcept;
    /// How much detached work runs, and a function to call each time that falls to 0.
    std::size_t detached_running() const noexcept { return detached_running_; }
    void        detached_started() noexcept { ++detached_running_; }
    void        detached_finished() noexcept
    {
        if (--detached_running_ == 0 && on_detached_empty_) on_detached_empty_(on_detached_empty_argument_);
    }
    void watch_detached(void (*on_empty)(void*), void* argument) noexcept
    {
        on_detached_empty_          = on_empty;
        on_detached_empty_argument_ = argument;
    }

    /// What is to be given back before the loop ends.
    link_list<lease>& leases() noexcept { return leases_; }

    /// Where contexts are listed that only their own deadline ends (`shield`, `commit_point`). Never canceled.
    node& protected_root();

private:
    friend class loop_service;
    ~loop();

    void drive(time_point when);
    void fire_due();
    void run_turn_end() noexcept;
    void shut_down() noexcept;

    std::atomic<std::uint32_t>            references_{1};
    std::mutex                            gone_mutex_;  // held for a post, and never while a user's code runs
    std::atomic<boost::asio::io_context*> io_;
    executor_type                         executor_;
    const clock*                          clock_ = nullptr;
    deadline_heap                         heap_;
    time_point                            driver_at_ = time_point::max();
    std::optional<boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor_type>>
                                driver_;
    std::vector<turn_end_task*> turn_end_, turn_end_running_;
    bool                        turn_end_posted_ = false;
    link_list<lease>            leases_;
    link_list<loop_wait>        waits_;
    node*                       detached_root_   = nullptr;
    node*                       protected_root_  = nullptr;
    std::size_t                 detached_running_ = 0;
    void (*on_detached_empty_)(void*) = nullptr;
    void* on_detached_empty_argument_ = nullptr;
};

}  // namespace curfew::detail
