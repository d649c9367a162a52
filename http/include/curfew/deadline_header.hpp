// Deadlines on the wire: the headers in which a caller says how long it will wait.
#pragma once

#include <curfew/fixed_text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace curfew {

/// Names the headers that carry a timeout.
enum class deadline_header : unsigned char
{
    grpc_timeout,              ///< `grpc-timeout`: digits and a unit.
    envoy_expected_rq_timeout, ///< `x-envoy-expected-rq-timeout-ms`: milliseconds.
    request_timeout,           ///< `x-request-timeout-ms`: milliseconds.
};

/// Returns the header's name, lowercase.
[[nodiscard]] std::string_view to_string(deadline_header header) noexcept;

/// A timeout in milliseconds above this is malformed.
inline constexpr std::chrono::milliseconds longest_timeout_ms = std::chrono::hours(24);

/// Longer gRPC timeouts count as this one: about a century, so that adding it to any point in time cannot overflow.
inline constexpr std::chrono::nanoseconds longest_grpc_timeout = std::chrono::hours(1'000'000);

/// Reads a `grpc-timeout` value: 1 to 8 digits and one of `H M S m u n`. Zero is valid and means expired.
///
/// Returns: nothing if the value is malformed.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_grpc_timeout(std::string_view value) noexcept;

/// Reads a value of milliseconds: digits only, at most 24 h. Zero is valid and means expired.
///
/// Returns: nothing if the value is malformed.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_timeout_ms(std::string_view value) noexcept;

/// Collects the deadline headers of one request while its fields are scanned. Never allocates.
///
/// The smallest valid timeout binds. A malformed header is ignored and counted, so that it never lifts the limit that
/// the server has of its own; a repeated one is malformed as a whole.
class inbound_deadline
{
public:
    enum class state : unsigned char
    {
        absent,
        malformed,
        valid
    };

    inbound_deadline() noexcept {}

    /// Takes one field of the request. Returns: whether it was a deadline header.
    bool read(std::string_view name, std::string_view value) noexcept;

    /// Tells whether none of the headers was there.
    [[nodiscard]] bool empty() const noexcept { return empty_; }

    /// Returns what is known about one header so far.
    [[nodiscard]] state of(deadline_header header) const noexcept { return at(header).state; }

    /// Returns the header whose timeout binds, nothing if none is valid. Of equal ones the first in the enumeration
    /// binds.
    [[nodiscard]] std::optional<deadline_header> binding() const noexcept;

    /// Returns the timeout that binds, nothing if none is valid. Zero means that the request arrived expired.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> timeout() const noexcept;

    /// Returns how many of the headers were ignored because they were malformed.
    [[nodiscard]] unsigned malformed() const noexcept;

private:
    struct reading
    {
        inbound_deadline::state state = inbound_deadline::state::absent;
        std::chrono::nanoseconds timeout{};
    };

    [[nodiscard]] const reading& at(deadline_header header) const noexcept
    {
        return readings_[static_cast<std::size_t>(header)];
    }

    std::array<reading, 3> readings_{}; // indexed by deadline_header
    bool empty_ = true;
};

/// Returns the timeout to tell a downstream when `remaining` is left: less a reserve in which its answer travels back.
///
/// The reserve is 5 % of `remaining`, at least 1 ms and at most 5 ms.
///
/// Returns: zero if nothing is left.
[[nodiscard]] std::chrono::nanoseconds outbound_timeout(std::chrono::nanoseconds remaining) noexcept;

/// Formats a value of `grpc-timeout`, rounded down to the finest unit that takes at most 8 digits. Negative counts as
/// zero.
[[nodiscard]] fixed_text<9> format_grpc_timeout(std::chrono::nanoseconds timeout) noexcept;

/// Formats a value of the millisecond headers, rounded down, at most 24 h. Negative counts as zero.
[[nodiscard]] fixed_text<8> format_timeout_ms(std::chrono::nanoseconds timeout) noexcept;

} // namespace curfew
