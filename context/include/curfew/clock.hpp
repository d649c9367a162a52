// The clock of a loop: real by default, turned by hand in tests.
#pragma once

#include <chrono>

namespace boost::asio {
class io_context;
}

namespace curfew {

using duration   = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;

/// Tells the time to the deadlines of a loop. Monotonic: stepping the wall clock changes nothing.
class clock {
public:
    clock(const clock&)            = delete;
    clock& operator=(const clock&) = delete;

    virtual time_point now() const noexcept = 0;

protected:
    clock()  = default;
    ~clock() = default;
};

/// Makes `io` tell the time by `source` instead of `steady_clock`; deadlines then fire only when the owner of the
/// clock says so (see `curfew::testing::manual_clock`).
///
/// Preconditions: no deadline has been set on `io` yet; `source` outlives `io`.
void use_clock(boost::asio::io_context& io, const clock& source);

}  // namespace curfew
