// Who is told what has become of a connection's transport.
#pragma once

#include <curfew/cause.hpp>

namespace curfew::detail {

/// What a transport has noticed since it was last heard of.
struct readiness {
    bool           readable = false;  ///< There may be something to read.
    bool           writable = false;  ///< There may be room to write into, after a write that would have blocked.
    disconnect_how gone     = disconnect_how::none;  ///< `fin` or `reset`, whatever lies unread; `reset` may follow `fin`.
};

/// Told by a transport on the loop's thread, from the loop itself.
class transport_observer {
public:
    virtual void on_ready(readiness what) noexcept = 0;

protected:
    ~transport_observer() = default;
};

}  // namespace curfew::detail
