// The head of a request as it is sent.
#pragma once

#include "call_target.hpp"

#include <curfew/client_options.hpp>
#include <curfew/client_request.hpp>
#include <curfew/trace_context.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace curfew::detail {

/// What of a request is known only when it is sent.
struct sending_terms {
    const trace_context*                    trace = nullptr;  ///< This very hop's; null: none is sent.
    std::optional<deadline_header>          header;           ///< Which tells of the timeout.
    std::optional<std::chrono::nanoseconds> timeout;          ///< What the other side is told; nothing is left unlimited.
};

/// Formats request line and fields, up to and with the empty line.
///
/// Fields of the request that say how *its* message is framed, or what the client says itself, are left out: a handler may
/// pass on fields that it got, and those were about another connection, another hop and another deadline.
std::string format_head(const client_request& request, const call_target& to, const sending_terms& terms);

/// How a timeout is told in this header; empty if it cannot say it, as it is less than the header's unit.
std::string format_timeout(deadline_header header, std::chrono::nanoseconds timeout);

}  // namespace curfew::detail
