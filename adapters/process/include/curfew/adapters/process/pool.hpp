// A bound on how many programs run at a time.
#pragma once

#include <curfew/adapters/process.hpp>

#include <cstddef>
#include <memory>
#include <tuple>

namespace curfew::detail {
class slot_pool;
}

namespace curfew::process {

/// Lets a bounded number of programs run at a time, in order of arrival.
///
/// Thread safety: distinct objects: safe. Shared objects: safe.
class pool {
public:
    /// `at_most`: how many programs. `max_waiting`: how many may wait; one more is refused (`errc::too_many_waiting`).
    explicit pool(std::size_t at_most, std::size_t max_waiting = 256);
    pool(const pool&)            = delete;
    pool& operator=(const pool&) = delete;
    ~pool();

    /// Waits until it is the program's turn, then as `process::run`. Nothing is started if `ctx` ends before.
    task<result>                         run(context_here ctx, command what);
    task<std::tuple<error_code, result>> run(context_here ctx, decltype(nothrow)&, command what);

    /// How many programs run, and how many wait.
    std::size_t running() const;
    std::size_t waiting() const;

private:
    std::shared_ptr<curfew::detail::slot_pool> slots_;
};

}  // namespace curfew::process
