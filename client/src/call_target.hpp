// Where a call goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace curfew::detail {

/// Whom to connect to: two URLs of the same origin may share a connection.
struct origin {
    bool          secure = false;
    std::string   host;  ///< Lowercase; a numeric IPv6 address without its brackets.
    std::uint16_t port = 0;

    /// `http://127.0.0.1:8080`, always with the port.
    std::string text() const;
    /// The `Host` field: without the port that goes without saying.
    std::string host_field() const;

    friend bool operator==(const origin&, const origin&) = default;
    friend auto operator<=>(const origin&, const origin&) = default;
};

/// A URL, taken apart.
struct call_target {
    detail::origin origin;
    std::string    target;  ///< Path and query, as they are sent.

    std::string url() const { return origin.text() + target; }
};

/// Reads a URL of http or https; a relative one is resolved against `base`. A fragment is dropped.
///
/// Returns: nothing if it is malformed, of another scheme, without a host, with user information, or relative to nothing.
std::optional<call_target> read_url(std::string_view url, std::string_view base);

}  // namespace curfew::detail
