// A coroutine that waits until another thread tells it to go on.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/parked.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace curfew::detail {

/// Shared by the coroutine that waits and by whoever calls `finish`, since either may go first.
///
/// No cancel resumes the coroutine: it ends the context of the wait, and whoever works for it looks at that, stops, and
/// calls `finish`. If the io_context goes first, the coroutine is destroyed with it, and `finish` does nothing.
/// Thread safety: `finish` and `get_context` from any thread; everything else on the coroutine's executor.
class remote_wait : public std::enable_shared_from_this<remote_wait>, private loop_wait {
public:
    /// Whether an emission at the awaiting coroutine that is not its home's (`a || b`, a signal of the user's own) ends
    /// the wait's context.
    enum class awaiting_side { cancels, ignored };

    /// `own`: a context made for this wait. `caller`: the executor of the coroutine that is going to wait.
    remote_wait(context own, boost::asio::any_io_executor caller, awaiting_side side = awaiting_side::cancels);
    virtual ~remote_wait();

    const context& get_context() const noexcept { return own_; }

    /// Parks the coroutine, then calls `begin()`. Awaitable, once.
    auto wait()
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void()>(
            [this](auto handler) {
                follow(boost::asio::get_associated_cancellation_slot(handler));
                waiter_.park(std::move(handler));
                parked();
            },
            boost::asio::deferred);
    }

    /// Lets the coroutine go on, on its executor, never inline. To be called once.
    void finish();

protected:
    /// The coroutine is parked: the work may start, and `finish` may be called.
    virtual void begin() = 0;
    /// The coroutine is about to go on, or has been given up: no callback of the work may come any more.
    virtual void ended() noexcept {}

private:
    class way_back;

    void parked();
    void resume();
    void abandon() noexcept override;
    void leave() noexcept;
    void follow(boost::asio::cancellation_slot outer);

    context                                     own_;
    std::optional<boost::asio::any_io_executor> foreign_;  // set where the coroutine is not on the context's loop
    bool                                        follows_;
    detail::parked                              waiter_;
    boost::asio::cancellation_slot              outer_;
};

}  // namespace curfew::detail
