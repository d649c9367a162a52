// One call for many callers that want the same thing at the same time.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/flight_table.hpp>
#include <curfew/detail/wait_in_queue.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew {

/// Calls a function once for all who ask for the same key while the call is under way, and gives its result to each.
///
/// The call belongs to nobody and lives as long as somebody waits: one caller who leaves does not stop it, the last one
/// does. Nothing is kept: who asks after the end starts a new call.
/// Thread safety: distinct objects: safe. Shared objects: safe from any thread and loop; the call runs on the loop of
/// the caller who started it.
template <class Key, class T, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class singleflight {
public:
    singleflight() : table_(std::make_shared<table>()) {}
    singleflight(const singleflight&)            = delete;
    singleflight& operator=(const singleflight&) = delete;
    /// A call under way goes on for those who wait.
    ~singleflight() = default;

    /// Waits for the call that is under way for `key`, or starts `f(call_ctx)` and waits for that.
    ///
    /// `call_ctx` has the values and the trace ID of the caller who started it, no deadline, and ends when the last
    /// waiter leaves (cause `canceled`) or the server shuts down. The call is detached work: counted, and joined at
    /// shutdown.
    ///
    /// Preconditions: `f` returns `task<T>`. `T` can be copied from several threads at a time, or all callers are on one
    ///                loop; what is large is shared: `std::shared_ptr<const X>`.
    /// Completes:     when the call has ended; when `ctx` ends, at once, but for the last waiter when the call has ended.
    /// Returns:       a copy of what `f` returned.
    /// Errors:        what `f` threw (the same exception for all); `context_error` if `ctx` ends first, or has ended
    ///                before.
    /// Cancellation:  canceling `ctx` or the awaiting coroutine (any type) makes this caller leave.
    /// Threads:       the coroutine goes on where it was, on its own executor.
    /// Lifetime:      `f` is copied, as the call may outlive its caller: capture nothing by reference that does not.
    template <class F>
    task<T> run(detail::context_here ctx, Key key, F& f)
    {
        using namespace boost::asio;
        ctx.ctx.throw_if_done();
        const bool throws = co_await this_coro::throw_if_cancelled();
        co_await this_coro::throw_if_cancelled(false);  // the end has to be reached

        typename table::membership mine(table_, std::move(key));
        const auto&                call = mine.joined();
        if (mine.first()) detail::start_flight(ctx, call, f);
        auto waited = co_await detail::wait_in_queue(ctx.ctx, call->waiting_place(), nothrow, ctx.where);
        const error_code ec = std::get<0>(waited);
        if (ec && mine.leave()) {
            const auto patient = without_cancel(ctx.ctx);
            while (!call->finished())
                co_await detail::wait_in_queue(patient, call->waiting_place(), nothrow, ctx.where);
        }

        co_await this_coro::throw_if_cancelled(throws);
        if (ec) ctx.ctx.throw_if_done();
        if (ec) throw boost::system::system_error(ec, "singleflight");
        if (call->error()) std::rethrow_exception(call->error());
        if constexpr (!std::is_void_v<T>) co_return std::as_const(*call->result);
    }

    /// How many calls are under way.
    std::size_t running() const { return table_->size(); }

private:
    using table = detail::flight_table<Key, T, Hash, Equal>;

    std::shared_ptr<table> table_;
};

}  // namespace curfew
