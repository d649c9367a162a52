// A function on its way to a thread pool and back.
#pragma once

#include <curfew/after_cancel.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/parked.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// A pool given by itself or by its executor.
class pool_executor {
public:
    template <class Pool>
        requires(!std::same_as<std::remove_cvref_t<Pool>, pool_executor>)
    pool_executor(Pool&& pool) : executor(executor_of(pool))
    {
    }

    boost::asio::any_io_executor executor;

private:
    template <class Pool>
    static boost::asio::any_io_executor executor_of(Pool& pool)
    {
        if constexpr (requires { pool.get_executor(); })
            return pool.get_executor();
        else
            return pool;
    }
};

template <class F, class... A>
struct offloaded_result : std::invoke_result<F&, A...> {};
template <class F, class... A>
    requires std::invocable<F&, context, A...>
struct offloaded_result<F, A...> : std::invoke_result<F&, context, A...> {};

/// The function, its arguments, and what became of the call.
template <class F, class... A>
class offloaded_call {
public:
    using result = typename offloaded_result<F, A...>::type;

    offloaded_call(F& f, context own, A... args) : f_(f), own_(std::move(own)), args_(std::move(args)...) {}

    static void run(void* self) noexcept { static_cast<offloaded_call*>(self)->call(); }

    const std::exception_ptr& error() const noexcept { return error_; }
    stored<result>&           returned() noexcept { return *returned_; }

private:
    void call() noexcept
    {
        try {
            std::apply([this](A&... each) { keep(each...); }, args_);
        } catch (...) {
            error_ = std::current_exception();
        }
    }
    void keep(A&... args)
    {
        const auto invoke = [&]() -> result {
            if constexpr (std::invocable<F&, context, A...>)
                return std::invoke(f_, own_, std::move(args)...);
            else
                return std::invoke(f_, std::move(args)...);
        };
        if constexpr (std::is_void_v<result>)
            invoke(), returned_.emplace();
        else
            returned_.emplace(invoke());
    }

    F&                            f_;
    context                       own_;
    std::tuple<A...>              args_;
    std::optional<stored<result>> returned_;
    std::exception_ptr            error_;
};

/// Shared by the coroutine that waits and by the job in the pool's queue, which may stay there after a withdrawal.
///
/// Whoever moves it out of `queued` decides: the pool, and then the function runs; or a cancel, and then it never does.
class offload_job : public std::enable_shared_from_this<offload_job> {
public:
    /// `run(argument)` calls the function; it does not throw. `own`: the context that the function is given.
    offload_job(context own, boost::asio::any_io_executor caller, void (*run)(void*) noexcept, void* argument);
    offload_job(const offload_job&)            = delete;
    offload_job& operator=(const offload_job&) = delete;

    /// Sends it to the pool and waits until the function has returned, or will never be called.
    auto run_on(const boost::asio::any_io_executor& pool)
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void()>(
            [this, pool](auto handler) {
                follow(boost::asio::get_associated_cancellation_slot(handler));
                waiter_.park(std::move(handler));
                submit(pool);
            },
            boost::asio::deferred);
    }

    bool called() const noexcept { return phase_.load(std::memory_order_acquire) == phase::taken; }

private:
    enum class phase : std::uint8_t { queued, taken, withdrawn };
    class way_back;

    void follow(boost::asio::cancellation_slot outer);
    void submit(const boost::asio::any_io_executor& pool);
    void begin();
    bool leave_queue(phase to) noexcept;
    void resume();
    void abandon() noexcept;

    context                        own_;
    boost::asio::any_io_executor   caller_;  // tracked: its loop does not return from run() meanwhile
    void (*run_)(void*) noexcept;
    void*                          argument_;
    std::atomic<phase>             phase_{phase::queued};
    parked                         waiter_;
    cancel_registration            on_cancel_;
    boost::asio::cancellation_slot outer_;
};

}  // namespace curfew::detail
