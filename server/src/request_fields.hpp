// What the fields of a request mean for its context: deadline and trace.
#pragma once

#include "request_head.hpp"

#include <curfew/deadline_header.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/route_options.hpp>
#include <curfew/server_options.hpp>
#include <curfew/trace_context.hpp>

namespace curfew::detail {

struct context_fields {
    inbound_deadline deadline;
    inbound_trace    trace;
};

/// Collects them in one pass. `obey_deadlines`: whether this client may set one.
context_fields read_fields(const request_head& head, bool obey_deadlines);

/// Returns the deadline that binds a request, of those that server, route and client set; the client's only shortens it.
deadline_setting effective_deadline(const server_options& server, const route_options& route,
                                    const inbound_deadline& client) noexcept;

}  // namespace curfew::detail
