// What a channel and those that wait for it share.
#pragma once

#include <curfew/detail/link_list.hpp>
#include <curfew/detail/queued_operation.hpp>

#include <boost/system/errc.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// The items, and two queues: receivers wait only while there are none, senders only while there is no room.
///
/// Both are sources; see `queued_operation` for what that is. Waiters are woken after the lock has been released.
template <class T>
class channel_state : public std::enable_shared_from_this<channel_state<T>> {
    static_assert(std::is_nothrow_move_constructible_v<T>, "an item changes hands under a lock");

public:
    struct sender : queued_wait {
        explicit sender(T given) noexcept : item(std::move(given)) {}
        std::optional<T> item;  // empty once the channel has it
    };
    struct receiver : queued_wait {
        std::optional<T> item;
    };

    struct sending {
        static constexpr const char* name = "channel: send";
        using entry                       = sender;
        using results                     = std::tuple<>;

        bool    enter(entry& e) { return channel.enter(e); }
        bool    leave(entry& e) noexcept { return channel.leave(e); }
        results collect(entry&) noexcept { return {}; }
        bool    give_back(entry& e) noexcept { return e.item.has_value(); }

        channel_state& channel;
    };
    struct receiving {
        static constexpr const char* name = "channel: receive";
        using entry                       = receiver;
        using results                     = std::tuple<std::optional<T>>;

        bool    enter(entry& e) { return channel.enter(e); }
        bool    leave(entry& e) noexcept { return channel.leave(e); }
        results collect(entry& e) noexcept { return results(std::move(e.item)); }
        bool    give_back(entry& e) noexcept
        {
            if (e.item) channel.put_back(std::move(*e.item));
            return true;
        }

        channel_state& channel;
    };

    explicit channel_state(std::size_t capacity) noexcept : capacity_(capacity) {}

    std::shared_ptr<sending>   senders() noexcept { return {this->shared_from_this(), &sending_}; }
    std::shared_ptr<receiving> receivers() noexcept { return {this->shared_from_this(), &receiving_}; }

    bool try_send(T& item)
    {
        std::unique_lock lock(mutex_);
        if (closed_) return false;
        return hand_over(item, lock) || store(item);
    }

    std::optional<T> try_receive()
    {
        std::unique_lock lock(mutex_);
        return take(lock);
    }

    void close() noexcept
    {
        {
            std::lock_guard lock(mutex_);
            closed_ = true;
        }
        // One by one: what is in a queue may leave it as long as the lock is free.
        while (auto* const waiting = pop(receivers_)) waiting->wake();
        while (auto* const waiting = pop(senders_)) {
            waiting->refusal = make_error_code(boost::system::errc::broken_pipe);
            waiting->wake();
        }
    }
    /// The channel itself is going.
    void end() noexcept
    {
        close();
        std::deque<T>   items;
        std::lock_guard lock(mutex_);
        items_.swap(items);
    }

    bool closed() const
    {
        std::lock_guard lock(mutex_);
        return closed_;
    }
    std::size_t size() const
    {
        std::lock_guard lock(mutex_);
        return items_.size();
    }
    std::size_t capacity() const noexcept { return capacity_; }

private:
    bool enter(sender& waiting)
    {
        std::unique_lock lock(mutex_);
        if (closed_) {
            waiting.refusal = make_error_code(boost::system::errc::broken_pipe);
            return true;
        }
        if (hand_over(*waiting.item, lock) || store(*waiting.item)) {
            waiting.item.reset();
            return true;
        }
        senders_.push_back(waiting);
        return false;
    }

    bool enter(receiver& waiting)
    {
        std::unique_lock lock(mutex_);
        if (closed_ && items_.empty()) return true;
        waiting.item = take(lock);
        if (waiting.item) return true;
        receivers_.push_back(waiting);
        return false;
    }
    bool leave(queued_wait& waiting) noexcept
    {
        std::lock_guard lock(mutex_);
        if (!waiting.linked()) return false;
        waiting.unlink();
        return true;
    }

    void put_back(T item) noexcept
    {
        std::unique_lock lock(mutex_);
        if (!hand_over(item, lock)) items_.push_front(std::move(item));
    }
    /// Gives the item to whoever waits longest, and releases the lock.
    bool hand_over(T& item, std::unique_lock<std::mutex>& lock)
    {
        if (receivers_.empty()) return false;
        auto& next = receivers_.pop_front();
        next.item.emplace(std::move(item));
        lock.unlock();
        next.wake();
        return true;
    }
    bool store(T& item)
    {
        if (items_.size() >= capacity_) return false;
        items_.push_back(std::move(item));
        return true;
    }
    /// Takes the oldest item; what the sender has who waits longest moves up, and then the lock is released.
    std::optional<T> take(std::unique_lock<std::mutex>& lock)
    {
        std::optional<T> oldest;
        const bool       moves_up = !senders_.empty() && items_.size() <= capacity_;
        if (moves_up && !items_.empty()) items_.push_back(std::move(*senders_.front().item));
        if (!items_.empty()) {
            oldest.emplace(std::move(items_.front()));
            items_.pop_front();
        } else if (moves_up) {
            oldest.emplace(std::move(*senders_.front().item));
        }
        if (!moves_up) return oldest;
        auto& next = senders_.pop_front();
        next.item.reset();
        lock.unlock();
        next.wake();
        return oldest;
    }
    template <class Waiting>
    Waiting* pop(link_list<Waiting>& from) noexcept
    {
        std::lock_guard lock(mutex_);
        return from.empty() ? nullptr : &from.pop_front();
    }

    const std::size_t   capacity_;
    mutable std::mutex  mutex_;
    bool                closed_ = false;
    std::deque<T>       items_;
    link_list<sender>   senders_;
    link_list<receiver> receivers_;
    sending             sending_{*this};
    receiving           receiving_{*this};
};

}  // namespace curfew::detail
