// The identity of a distributed request (W3C Trace Context, level 2): what `traceparent` and `tracestate` say.
#pragma once

#include <curfew/fixed_text.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace curfew {

/// Names a whole distributed request. All zero means none.
using trace_id = std::array<std::uint8_t, 16>;

/// Names one hop of a distributed request. All zero means none.
using span_id = std::array<std::uint8_t, 8>;

/// Carries trace ID, span ID, flags and vendor state of one hop.
///
/// Kept in binary: making, copying and deriving neither format nor allocate, since most requests are never asked for
/// the text. Only a `tracestate` from the caller costs an allocation, once per request; copies share it.
///
/// Distinct objects: safe. Shared objects: safe to read.
class trace_context
{
public:
    static constexpr std::uint8_t sampled_flag = 0x01;
    static constexpr std::uint8_t random_flag = 0x02;

    /// Makes an empty one: no trace, no span. What a root context outside any request carries.
    trace_context() noexcept {}

    /// Starts a new trace: random IDs, flag `random` set, not sampled, no vendor state.
    [[nodiscard]] static trace_context generate() noexcept;

    /// Makes the next hop: the same trace, flags and vendor state, a new span whose parent is this one.
    ///
    /// Returns: a new trace when this one is empty.
    [[nodiscard]] trace_context child() const noexcept;

    [[nodiscard]] bool empty() const noexcept { return trace_ == trace_id{}; }
    [[nodiscard]] const trace_id& id() const noexcept { return trace_; }
    [[nodiscard]] const span_id& span() const noexcept { return span_; }

    /// Returns the span this one was derived from: the caller's, for a request that continues a trace; else all zero.
    [[nodiscard]] const span_id& parent_span() const noexcept { return parent_span_; }

    [[nodiscard]] std::uint8_t flags() const noexcept { return flags_; }
    [[nodiscard]] bool sampled() const noexcept { return (flags_ & sampled_flag) != 0; }

    /// Returns the combined vendor state, empty if there is none. Lifetime: as long as any copy of this object.
    [[nodiscard]] std::string_view tracestate() const noexcept
    {
        return state_ ? std::string_view(*state_) : std::string_view();
    }

    /// Formats trace and span ID as lowercase hex.
    [[nodiscard]] fixed_text<32> id_text() const noexcept;
    [[nodiscard]] fixed_text<16> span_text() const noexcept;

    /// Formats a `traceparent` of version 00 that names this span as the parent.
    [[nodiscard]] fixed_text<55> traceparent() const noexcept;

    friend bool operator==(const trace_context& a, const trace_context& b) noexcept
    {
        return a.trace_ == b.trace_ && a.span_ == b.span_ && a.parent_span_ == b.parent_span_ && a.flags_ == b.flags_ &&
               a.tracestate() == b.tracestate();
    }

private:
    friend std::optional<trace_context> parse_traceparent(std::string_view value) noexcept;
    friend class inbound_trace;

    trace_id trace_{};
    span_id span_{};
    span_id parent_span_{};
    std::uint8_t flags_ = 0;
    std::shared_ptr<const std::string> state_;
};

/// Reads one `traceparent` value; the result's span is the sender's.
///
/// Version 00 is exactly 55 characters. A later version is accepted when its first 55 are well formed and nothing or a
/// `-` follows; version `ff`, uppercase digits and all-zero IDs are not. Unknown flags are dropped.
///
/// Preconditions: surrounding whitespace is already removed, as HTTP parsers do.
/// Returns:       nothing if the value is invalid.
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view value) noexcept;

/// Checks and normalizes a `tracestate` value (several header lines: joined by commas).
///
/// Empty members and whitespace around members are removed. More than 32 members, a key that occurs twice or a member
/// outside the grammar make the whole value invalid. A value longer than 512 characters is shortened by whole members:
/// those above 128 characters first, then from the end.
///
/// Returns: the normalized list, possibly empty; nothing if the value is invalid.
[[nodiscard]] std::optional<std::string> normalize_tracestate(std::string_view value);

/// Collects the trace headers of one request while its fields are scanned, and decides which trace it belongs to.
///
/// Allocates only if a `tracestate` is there.
class inbound_trace
{
public:
    inbound_trace() noexcept {}

    /// Takes the value of a `traceparent` field. Two of them are ambiguous: the trace is restarted.
    void on_traceparent(std::string_view value) noexcept;

    /// Takes the value of a `tracestate` field. Repeated ones are combined in order.
    void on_tracestate(std::string_view value);

    /// Returns a new span of the caller's trace, or of a new trace if `traceparent` was absent, repeated or invalid.
    /// An invalid `tracestate` is dropped and leaves the trace intact.
    [[nodiscard]] trace_context finish() const;

private:
    std::optional<trace_context> caller_;
    bool seen_traceparent_ = false;
    std::string state_;
};

/// Tells whether `id` may serve as an `x-request-id`: 1 to 128 bytes of `[0-9A-Za-z._-]`, so that it is safe to log.
[[nodiscard]] bool valid_request_id(std::string_view id) noexcept;

} // namespace curfew
