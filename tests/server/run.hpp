// Runs one coroutine to its end.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/test_loop.hpp>

#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace curfew {

/// A loop for coroutines that need nothing but to be called.
class test_run {
public:
    const context& ctx() const noexcept { return loop_.background(); }

    /// Returns what `work` returns, or throws what it throws.
    template <class T>
    T operator()(task<T> work)
    {
        auto running = loop_.start(std::move(work));
        if (!running.finished())
            throw std::logic_error("the coroutine waits for something that never happens");
        if (running.exception())
            std::rethrow_exception(running.exception());
        if constexpr (!std::is_void_v<T>)
            return std::move(running.value());
    }

private:
    testing::manual_clock clock_;
    testing::test_loop    loop_{clock_};
};

}  // namespace curfew
