// The children of one coroutine: started, canceled together, joined.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/parked.hpp>
#include <curfew/task.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace curfew::detail {

/// Stands in for `void` where a value is stored.
template <class T>
using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// What a coroutine function gives when it is called with these arguments.
template <class F, class... A>
using awaited_result = typename std::invoke_result_t<F&, A...>::value_type;

/// What there is of a child besides its coroutine.
struct child_record {
    std::size_t             index;
    context                 ctx;
    std::optional<home_ptr> at;  // none where the coroutine does not run on the context's loop

    home* home_or_null() const noexcept { return at ? at->get() : nullptr; }
};

/// Makes the current coroutine live in `at`, which targets `ctx`, until it ends. Does nothing without a home.
class residence {
public:
    residence(home* at, const context& ctx, boost::asio::cancellation_slot own) noexcept;
    residence(const residence&)            = delete;
    residence& operator=(const residence&) = delete;
    ~residence();

private:
    home* home_;
};

/// The coroutine of a child: calls `f(ctx, args...)` unless `ctx` has ended, and stores what it returns.
template <class F, class Out, class... A>
task<> run_child(home* at, context ctx, F& f, Out* out, A... args)
{
    using namespace boost::asio;
    co_await this_coro::throw_if_cancelled(false);
    co_await this_coro::reset_cancellation_state(enable_total_cancellation());
    const cancellation_state own = co_await this_coro::cancellation_state;
    const residence          here(at, ctx, own.slot());
    ctx.throw_if_done();
    auto running = std::invoke(f, ctx, std::move(args)...);
    if constexpr (std::is_void_v<awaited_result<F, context, A...>>) {
        co_await std::move(running);
        out->emplace();
    } else {
        out->emplace(co_await std::move(running));
    }
}

/// Where a child's result goes if nobody wants it.
struct no_result {
    template <class... T>
    void emplace(T&&...) noexcept
    {
    }
    static no_result* nowhere() noexcept;
};

/// Shared by the coroutine that starts children and by the children's completion handlers, since either may be destroyed
/// first when an io_context goes. Touched on the executor of that coroutine only.
class child_scope : public std::enable_shared_from_this<child_scope> {
public:
    /// `own`: the context under which the children run; it ends with the scope.
    child_scope(context own, boost::asio::any_io_executor ex);
    virtual ~child_scope();
    child_scope(const child_scope&)            = delete;
    child_scope& operator=(const child_scope&) = delete;

    const context& get_context() const noexcept { return own_; }
    std::size_t    running() const noexcept { return running_; }
    std::size_t    waiting() const noexcept { return waiting_.size(); }
    /// At most this many run at a time. Default: all.
    void limit(std::size_t most);

    /// Calls `f(child context, args...)` in a coroutine of its own. Its first step runs before this returns, unless the
    /// limit is reached. A failure to start counts as the child's.
    template <class F, class Out, class... A>
    void start(std::size_t index, F& f, Out* out, A... args) noexcept
    {
        try {
            auto child = make_child(index);
            auto body  = run_child(child.home_or_null(), child.ctx, f, out, std::move(args)...);
            start(std::move(child), std::move(body));
        } catch (...) {
            failed(std::current_exception());
        }
    }

    /// Waits until no child runs or waits. Precondition: some do. An emission at the awaiting coroutine that is not its
    /// home's (`a || b`, a signal of the user's own) cancels the children.
    auto join()
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void()>(
            [this](auto handler) {
                follow(boost::asio::get_associated_cancellation_slot(handler));
                waiter_.park(std::move(handler));
            },
            boost::asio::deferred);
    }
    /// Makes `join` ignore every emission.
    void ignore_awaiting_side() noexcept { follows_ = false; }

    /// Notes an error; the first one cancels the children. Those that only echo the cancel are not kept.
    virtual void failed(std::exception_ptr error) noexcept;
    /// In the order in which they happened; without those for which there was no memory.
    const std::vector<std::exception_ptr>& errors() const noexcept { return errors_; }
    void rethrow_first() const;

protected:
    void cancel(cause_kind kind, std::exception_ptr error = nullptr) noexcept;
    void keep(std::exception_ptr error) noexcept;
    bool failed_before() const noexcept { return first_error_ != nullptr; }
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// Counts something that `join` has to wait for, besides the children.
    void hold() noexcept { ++running_; }
    void let_go();
    /// In place of `let_go` where the io_context is being destroyed, and the coroutine that joins with it.
    void abandoned() noexcept;

private:
    class completion;

    virtual void succeeded(std::size_t) {}

    child_record make_child(std::size_t index) const;
    void         start(child_record child, task<> body);
    void         launch(child_record child, task<> body);
    void         ended(const child_record& child, std::exception_ptr error);
    /// `ending`: how many of those that run are about to be counted out. They still count, so that a child that cannot be
    /// started is not taken for the last one.
    void         launch_waiting(std::size_t ending);
    void         follow(boost::asio::cancellation_slot outer);

    context                                      own_;
    boost::asio::any_io_executor                 executor_;
    bool                                         on_loop_;
    bool                                         follows_ = true;
    std::size_t                                  running_ = 0;
    std::size_t                                  limit_;
    std::deque<std::pair<child_record, task<>>>  waiting_;
    std::exception_ptr                           first_error_;
    std::vector<std::exception_ptr>              errors_;
    parked                                       waiter_;
    boost::asio::cancellation_slot               outer_;
};

/// Derives the context of a scope: a child of `parent`.
context scope_context(const context_here& parent, const char* name);

}  // namespace curfew::detail
