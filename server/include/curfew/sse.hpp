// Server-sent events: a stream of small messages that a browser's EventSource reads.
#pragma once

#include <curfew/stream.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace curfew {

/// One event. What is empty is left out.
struct sse_event {
    sse_event() {}
    explicit sse_event(std::string text) : data(std::move(text)) {}

    std::string                              data;   ///< May hold several lines.
    std::string                              name;   ///< The event's type; the browser assumes `message`.
    std::string                              id;     ///< Comes back as `Last-Event-ID` when the browser reconnects.
    std::optional<std::chrono::milliseconds> retry;  ///< How long the browser waits before it reconnects.
};

/// Formats an event as it is sent, with the empty line that ends it.
///
/// Errors: `std::invalid_argument` if `name` or `id` holds CR, LF or NUL: it would end there, or start another field.
std::string format(const sse_event& event);

/// Sends events. Same rules as `body_writer`.
class sse_writer {
public:
    explicit sse_writer(body_writer& out) noexcept : out_(&out) {}

    /// Sends an event. Completes, Cancellation: see `body_writer::write`. Errors: also those of `format`.
    task<void> send(context ctx, sse_event event);

    /// Sends a comment, which the browser drops: it keeps proxies from closing an idle stream.
    task<void> comment(context ctx, std::string text = {});

private:
    body_writer* out_;
};

namespace detail {
response sse_response(body_producer produce);
}

/// Makes an answer that is a stream of events, never cached or transformed on its way.
///
/// `produce` is called as `task<void>(context, sse_writer&)`, and otherwise as in `stream_response`.
template <class F>
response sse(F produce)
{
    static_assert(std::is_invocable_r_v<task<void>, F&, context, sse_writer&>,
                  "an event producer is called as task<void>(context, sse_writer&)");
    auto events = [produce = std::move(produce)](context ctx, body_writer& out) mutable -> task<void> {
        sse_writer writer(out);
        co_await produce(std::move(ctx), writer);
    };
    return detail::sse_response(std::move(events));
}

}  // namespace curfew
