// The calls of a singleflight that are under way, by key.
#pragma once

#include <curfew/detail/detached_work.hpp>
#include <curfew/detail/flight.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace curfew::detail {

/// Owned by the singleflight and by its calls, which may outlive it. Any thread.
template <class Key, class T, class Hash, class Equal>
class flight_table {
public:
    /// A call with its result. Forgotten by its table when it ends, or when the last of its members leaves.
    class flight final : public flight_base, public std::enable_shared_from_this<flight> {
    public:
        flight(std::shared_ptr<flight_table> in, const Key& key) : in_(std::move(in)), key_(key) {}

        std::shared_ptr<flight_base> waiting_place() { return this->shared_from_this(); }

        void finish(std::exception_ptr error) noexcept
        {
            in_->forget(*this);
            land(std::move(error));
        }

        std::optional<stored<T>> result;

    private:
        friend class flight_table;

        std::shared_ptr<flight_table> in_;
        const Key                     key_;
        std::size_t                   members_ = 0;
    };

    /// Makes a coroutine one of those for whom a call goes on.
    class membership {
    public:
        membership(const std::shared_ptr<flight_table>& in, Key key) : flight_(in->join(in, std::move(key), first_)) {}
        membership(const membership&)            = delete;
        membership& operator=(const membership&) = delete;
        ~membership() { leave(); }

        /// Whether this is the one who has to start the call.
        bool                           first() const noexcept { return first_; }
        const std::shared_ptr<flight>& joined() const noexcept { return flight_; }

        /// True if this was the last one, for which reason the call has been canceled.
        bool leave() noexcept
        {
            if (std::exchange(left_, true) || !flight_->in_->part(*flight_)) return false;
            flight_->cancel();
            return true;
        }

    private:
        bool                    first_ = false;
        bool                    left_  = false;
        std::shared_ptr<flight> flight_;
    };

    std::size_t size() const
    {
        std::lock_guard lock(mutex_);
        return flights_.size();
    }

private:
    std::shared_ptr<flight> join(const std::shared_ptr<flight_table>& self, Key key, bool& first)
    {
        std::lock_guard lock(mutex_);
        auto            found = flights_.find(key);
        first                 = found == flights_.end();
        if (first) {
            auto made = std::make_shared<flight>(self, key);
            found     = flights_.emplace(std::move(key), std::move(made)).first;
        }
        ++found->second->members_;
        return found->second;
    }
    /// True for the last one: whoever asks from now on starts another call.
    bool part(flight& from) noexcept
    {
        std::lock_guard lock(mutex_);
        if (--from.members_ != 0) return false;
        erase(from);
        return true;
    }
    void forget(const flight& ended) noexcept
    {
        std::lock_guard lock(mutex_);
        erase(ended);
    }
    void erase(const flight& one) noexcept
    {
        const auto found = flights_.find(one.key_);
        if (found != flights_.end() && found->second.get() == &one) flights_.erase(found);
    }

    mutable std::mutex                                              mutex_;
    std::unordered_map<Key, std::shared_ptr<flight>, Hash, Equal> flights_;
};

/// The coroutine of a call.
template <class Flight, class F>
task<> run_flight(home* at, flight_ticket<Flight> ticket, context ctx, F f)
{
    std::exception_ptr error;
    try {
        auto running = run_child(at, std::move(ctx), f, &(*ticket).result);
        co_await std::move(running);
    } catch (...) {
        error = std::current_exception();
    }
    ticket.end(std::move(error));
}

/// Calls a copy of `f` in a coroutine of its own, on the loop of `ctx`.
template <class Flight, class F>
void start_flight(const context_here& ctx, const std::shared_ptr<Flight>& call, const F& f)
{
    flight_ticket<Flight> ticket(call);
    auto&                 on    = ctx.ctx.life().loop();
    auto                  begin = [ctx, f, ticket = std::move(ticket)]() mutable {
        try {
            const auto own = (*ticket).begin(ctx);
            home_ptr   at(own.life().loop());
            auto       body = run_flight(at.get(), std::move(ticket), own, std::move(f));
            launch_detached(std::move(at), own, std::move(body));
        } catch (...) {
            ticket.end(std::current_exception());
        }
    };
    if (on.here())
        begin();
    else
        on.post(std::move(begin));
}

}  // namespace curfew::detail
