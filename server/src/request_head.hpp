// What the head of a request says.
#pragma once

#include <curfew/detail/ascii.hpp>
#include <curfew/method.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace curfew::detail {

/// Names the fields that the server itself acts upon.
enum class known_field : unsigned char
{
    other,
    host,
    connection,
    content_length,
    transfer_encoding,
    expect,
    upgrade,
};

/// One field line of a request. The value has no white space around it.
struct field_view
{
    std::string_view name;
    std::string_view value;
    known_field id = known_field::other;
};

/// The head of one request, checked: whoever holds it need not ask again whether it is well formed.
///
/// Lifetime: everything points into the bytes that were parsed, and `fields` into the table given to the parser; both are
///           the connection's, and stay as they are until the request is finished.
struct request_head
{
    curfew::method method = method::unknown;
    unsigned version      = 11;  ///< 10 or 11. A later HTTP/1 minor version is taken as 1.1 (RFC 9110 §2.5).

    std::string_view target;     ///< As it was sent.
    std::string_view path;       ///< Begins with `/`, also when the target was `http://host`; or `*`; empty for CONNECT.
    std::string_view query;      ///< What is behind the first `?`, if anything.
    std::string_view authority;  ///< The target's own, else the Host field: RFC 9112 §3.2.2.

    std::span<const field_view> fields;

    std::optional<std::uint64_t> content_length;
    bool chunked         = false;
    bool keep_alive      = true;   ///< The client wants to send another request on this connection.
    bool expect_continue = false;  ///< The client waits for an interim 100 before it sends its body.
    bool upgrade         = false;  ///< The client offers the protocols of its Upgrade field.

    [[nodiscard]] bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }

    /// Returns the value of the first field of this name, whatever its case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        for (const field_view& field : fields) {
            if (iequals(field.name, name)) {
                return field.value;
            }
        }
        return std::nullopt;
    }
};

}  // namespace curfew::detail
