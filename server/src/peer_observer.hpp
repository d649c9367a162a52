// Who is told that the other side of a connection went away.
#pragma once

#include <curfew/cause.hpp>

namespace curfew::detail {

/// Told by a transport's watch, between reads and whatever lies unread, on the loop's thread.
class peer_observer {
public:
    /// `how` is `fin` or `reset`; `reset` may follow `fin`.
    virtual void on_peer_gone(disconnect_how how) noexcept = 0;

protected:
    ~peer_observer() = default;
};

}  // namespace curfew::detail
