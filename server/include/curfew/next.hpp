// What a coroutine middleware wraps.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <cstddef>
#include <utility>

namespace curfew {

namespace detail {
class chain;
}

/// Calls the rest of a chain: the middlewares further in, and the handler.
///
/// The context passed is the one in force inside. If it is another one than the middleware's own, raw operations in the
/// handler obey it too, and an `operation_aborted` that it caused arrives here as the context's error.
/// May be called more than once (a retry) or not at all (an early answer).
class next {
public:
    next(const detail::chain& links, std::size_t at) noexcept : chain_(&links), at_(at) {}

    /// Completes:    when the handler has returned, even if `ctx` ends earlier.
    /// Returns:      the answer; a stream in it keeps the context it was made under.
    /// Errors:       what the rest of the chain throws; `context_error` if `ctx` is done on the way in.
    /// Cancellation: `ctx`.
    task<response> operator()(context ctx, request req) const;

private:
    const detail::chain* chain_;
    std::size_t          at_;
};

}  // namespace curfew
