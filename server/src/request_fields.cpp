#include "request_fields.hpp"

#include <curfew/detail/ascii.hpp>

namespace curfew::detail {

context_fields read_fields(const request_head& head, bool obey_deadlines)
{
    context_fields found;
    for (const auto& field : head.fields) {
        if (field.id != known_field::other) continue;
        // Few fields have a name as long as one of ours: the length spares most of the comparisons.
        switch (field.name.size()) {
        case 10:  // tracestate
            if (iequals(field.name, "tracestate")) found.trace.on_tracestate(field.value);
            break;
        case 11:  // traceparent
            if (iequals(field.name, "traceparent")) found.trace.on_traceparent(field.value);
            break;
        case 12:  // grpc-timeout
        case 20:  // x-request-timeout-ms
        case 30:  // x-envoy-expected-rq-timeout-ms
            if (obey_deadlines) found.deadline.read(field.name, field.value);
            break;
        default: break;
        }
    }
    return found;
}

deadline_setting effective_deadline(const server_options& server, const route_options& route,
                                    const inbound_deadline& client) noexcept
{
    deadline_setting setting;
    setting.origin     = deadline_origin::server_default;
    setting.configured = server.deadline;
    // Of equal ones the more explicit binds: the server's default knows exceptions.
    if (route.timeout && *route.timeout <= setting.configured) {
        setting.origin     = deadline_origin::route;
        setting.configured = std::chrono::duration_cast<duration>(*route.timeout);
    }
    if (client.empty()) return setting;
    if (const auto timeout = client.timeout(); timeout && *timeout <= setting.configured) {
        setting.origin     = deadline_origin::inbound_header;
        setting.configured = std::chrono::duration_cast<duration>(*timeout);
        setting.header     = to_string(*client.binding()).data();  // a literal
    }
    return setting;
}

}  // namespace curfew::detail
