// Runs one coroutine to its end on a loop of its own.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace curfew {

/// A loop with a root context, and coroutines that need nothing but to be called.
class test_run
{
public:
    const context& ctx() const noexcept { return root_; }

    /// Returns what `work` returns, or throws what it throws.
    template <class T>
    T operator()(task<T> work)
    {
        using result = std::conditional_t<std::is_void_v<T>, bool, T>;
        std::optional<result> value;
        std::exception_ptr    error;
        auto                  noted = [](task<T> inner, std::optional<result>& out) -> task<void> {
            if constexpr (std::is_void_v<T>) {
                co_await std::move(inner);
                out.emplace(true);
            } else {
                out.emplace(co_await std::move(inner));
            }
        };
        boost::asio::co_spawn(loop_, noted(std::move(work), value), [&](std::exception_ptr thrown) { error = thrown; });
        loop_.restart();
        loop_.run();

        if (error)
            std::rethrow_exception(error);
        if (!value)
            throw std::logic_error("the coroutine waits for something that never happens");
        if constexpr (!std::is_void_v<T>)
            return std::move(*value);
    }

private:
    boost::asio::io_context loop_;
    context                 root_ = background(loop_);
};

}  // namespace curfew
