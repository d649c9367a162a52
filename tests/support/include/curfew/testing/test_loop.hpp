// An io_context on a manual clock, run by the test itself.
#pragma once

#include <curfew/context.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/testing/manual_clock.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace curfew::testing {

/// The outcome of something that `test_loop::start` started.
template <class T>
class started {
public:
    using value_type = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    bool finished() const noexcept { return state_->finished; }
    /// The error it ended with; none if it succeeded, or has not finished, or threw something without a code.
    error_code error() const
    {
        try {
            if (state_->exception) std::rethrow_exception(state_->exception);
        } catch (const boost::system::system_error& e) {
            return e.code();
        } catch (...) {
            return {};
        }
        return {};
    }
    /// The cause it ended with; empty unless it threw a `context_error`.
    curfew::cause cause() const
    {
        try {
            if (state_->exception) std::rethrow_exception(state_->exception);
        } catch (const context_error& e) {
            return e.cause();
        } catch (...) {
            return {};
        }
        return {};
    }
    std::exception_ptr exception() const { return state_->exception; }
    /// Precondition: finished without an exception.
    value_type& value() { return state_->value.value(); }

    /// Emits a cancellation at the coroutine itself, as `a || b` does with a loser.
    void cancel(boost::asio::cancellation_type type = boost::asio::cancellation_type::terminal)
    {
        state_->signal.emit(type);
    }

private:
    friend class test_loop;
    struct state {
        bool                             finished = false;
        std::exception_ptr               exception;
        std::optional<value_type>        value;
        boost::asio::cancellation_signal signal;
    };
    std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// One loop of a test: its io_context, its root context, and coroutines started on it.
///
/// The destructor runs what is ready and fails the test (`ADD_FAILURE`) if a context of the loop is still alive, an
/// operation under way, a callback registered, a timer armed, a socket open or an item of a pool not returned, naming
/// the place where each was made. A context made by `with_value` or `without_cancel` is noticed, but has no place.
class test_loop {
public:
    explicit test_loop(manual_clock& clock, std::source_location where = std::source_location::current());
    ~test_loop();
    test_loop(const test_loop&)            = delete;
    test_loop& operator=(const test_loop&) = delete;

    boost::asio::io_context& io() noexcept { return io_; }
    const context&           background() const noexcept { return *root_; }

    /// Starts an awaitable, or a curfew operation such as `sleep_for(ctx, 1s)`. It has run to its first suspension when
    /// this returns.
    template <class T>
    started<T> start(task<T> awaitable)
    {
        started<T> result;
        boost::asio::co_spawn(io_, std::move(awaitable),
                              boost::asio::bind_cancellation_slot(
                                  result.state_->signal.slot(), [state = result.state_](std::exception_ptr e, auto... value) {
                                      state->finished  = true;
                                      state->exception = e;
                                      if (!e) state->value.emplace(std::move(value)...);
                                  }));
        run_ready();
        return result;
    }
    template <class Operation>
        requires requires(Operation op) { std::move(op)(boost::asio::use_awaitable); }
    auto start(Operation op)
    {
        return start(std::move(op)(boost::asio::use_awaitable));
    }

    /// Runs handlers until none is ready; time stands still.
    void run_ready();
    /// Runs one ready handler, and tells whether there was one.
    bool run_one();

    /// One line for each of these that is alive now, indented under the context that it belongs to. Empty if nothing is.
    std::string leaks() const;

private:
    friend class manual_clock;

    curfew::detail::loop& loop() const noexcept;

    manual_clock&          clock_;
    boost::asio::io_context io_{1};
    std::optional<context>  root_;
};

}  // namespace curfew::testing
