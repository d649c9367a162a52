// A function on its way to a thread pool and back.
#pragma once

#include <curfew/after_cancel.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/remote_wait.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
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
/// If the io_context goes while the function runs, its context ends, and its return is waited for.
class offload_job : public remote_wait {
public:
    /// `run(argument)` calls the function; it does not throw. `own`: the context that the function is given.
    offload_job(context own, boost::asio::any_io_executor caller, boost::asio::any_io_executor pool,
                void (*run)(void*) noexcept, void* argument, awaiting_side side = awaiting_side::cancels);

    bool called() const noexcept { return phase_.load(std::memory_order_acquire) == phase::returned; }

private:
    enum class phase : std::uint8_t { queued, taken, returned, withdrawn };

    void begin() override;
    void ended() noexcept override;
    void run_on_pool();
    bool leave_queue(phase to) noexcept;

    boost::asio::any_io_executor pool_;
    void (*run_)(void*) noexcept;
    void*                        argument_;
    std::atomic<phase>           phase_{phase::queued};
    cancel_registration          on_cancel_;
};

}  // namespace curfew::detail
