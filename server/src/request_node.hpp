// The context of a request, as its connection keeps it.
#pragma once

#include <curfew/detail/node.hpp>

namespace curfew::detail {

/// Told when a middleware lowers the deadline of the request.
class deadline_owner {
public:
    virtual void on_deadline_lowered(time_point when, const deadline_setting& setting) noexcept = 0;

protected:
    ~deadline_owner() = default;
};

/// A request's node arms no timer of its own: one heap entry serves everything that its connection waits for.
///
/// It is used for one request after the other, as long as nobody keeps a handle on it.
class request_node final : public work_node {
public:
    request_node(node& connection, deadline_owner& owner)
        : work_node(unlinked(), &connection, &connection, connection.loop(), domain::shared, "request", {}),
          owner_(&owner)
    {
        link();
    }

    /// Makes it the context of the next request. `name`: static storage.
    void begin(const char* name, time_point started, time_point deadline, const deadline_setting& setting) noexcept
    {
        rename(name);
        reuse(started, deadline, setting);
    }

    void lower_deadline(time_point when, const deadline_setting& setting) override
    {
        if (when >= deadline() || done()) return;
        node::reuse(when, setting);
        if (owner_) owner_->on_deadline_lowered(when, setting);
    }
    /// Sets the deadline anew, later than it was.
    void move_deadline(time_point when, const deadline_setting& setting) noexcept { node::reuse(when, setting); }

    /// The connection has no more to do with it.
    void disown() noexcept { owner_ = nullptr; }

private:
    deadline_owner* owner_;
};

}  // namespace curfew::detail
