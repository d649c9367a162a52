// How a client comes to connections.
#pragma once

#include "call_target.hpp"
#include "client_stream.hpp"

#include <curfew/context.hpp>
#include <curfew/task.hpp>

namespace curfew::detail {

/// Makes connections on one loop. The one of the library resolves names, connects and shakes hands; tests have their own.
class client_connector {
public:
    virtual ~client_connector() = default;

    /// Connects to an origin.
    ///
    /// Errors:   `client_error` with the phase in which it failed; the context's error if `ctx` ended.
    /// Lifetime: `ctx` and `to` are borrowed until completion.
    virtual task<stream_ptr> connect(const context& ctx, const origin& to) = 0;

    /// The io_context goes: destroys the coroutines that wait for something of this object's, which nobody else would.
    virtual void abandon() noexcept {}
};

}  // namespace curfew::detail
