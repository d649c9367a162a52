// Why a request cannot be served by a correct reading of HTTP, and the status that says so.
#pragma once

#include <curfew/status.hpp>

#include <string_view>

namespace curfew::detail {

/// One way to refuse bytes that the client sent: the status of the answer, and what was wrong with them.
///
/// The reason is a literal that quotes nothing of the request, so it may go into the answer and into the log.
/// After each of these the connection closes: where the next request would begin is no longer certain.
struct refusal
{
    curfew::status status = status::bad_request;
    std::string_view reason;

    friend constexpr bool operator==(const refusal&, const refusal&) = default;
};

namespace refusals {

// The request line and the lines as such: RFC 9112 §2.2, §3, §5.
inline constexpr refusal request_line{status::bad_request, "malformed request line"};
inline constexpr refusal target{status::bad_request, "malformed request target"};
inline constexpr refusal line_ending{status::bad_request, "line not ended by CR LF"};
inline constexpr refusal folded_field{status::bad_request, "field continued on the next line"};
inline constexpr refusal field_line{status::bad_request, "malformed field line"};
inline constexpr refusal unknown_method{status::not_implemented, "unknown method"};
inline constexpr refusal version{status::http_version_not_supported, "HTTP version not supported"};

// Fields that decide about routing and framing: RFC 9110 §7.2, §7.6.1, §8.6, §10.1.1, RFC 9112 §6.
inline constexpr refusal host_missing{status::bad_request, "Host is missing"};
inline constexpr refusal host_repeated{status::bad_request, "more than one Host"};
inline constexpr refusal host{status::bad_request, "malformed Host"};
inline constexpr refusal connection{status::bad_request, "malformed Connection"};
inline constexpr refusal content_length{status::bad_request, "malformed or repeated Content-Length"};
inline constexpr refusal transfer_encoding{status::bad_request, "malformed Transfer-Encoding"};
inline constexpr refusal two_lengths{status::bad_request, "both Transfer-Encoding and Content-Length"};
inline constexpr refusal unknown_coding{status::not_implemented, "unknown transfer coding"};
inline constexpr refusal expectation{status::expectation_failed, "unknown expectation"};

// The body: RFC 9112 §7.1.
inline constexpr refusal chunk{status::bad_request, "malformed chunk"};
inline constexpr refusal trailer{status::bad_request, "malformed trailer"};

// Limits.
inline constexpr refusal target_too_long{status::uri_too_long, "request target too long"};
inline constexpr refusal head_too_large{status::request_header_fields_too_large, "request head too large"};
inline constexpr refusal too_many_fields{status::request_header_fields_too_large, "too many fields"};
inline constexpr refusal trailers_too_large{status::request_header_fields_too_large, "trailers too large"};
inline constexpr refusal chunk_extensions_too_large{status::content_too_large, "chunk extensions too large"};
inline constexpr refusal body_too_large{status::content_too_large, "request body too large"};

// Time-outs.
inline constexpr refusal head_too_slow{status::request_timeout, "request head not received in time"};
inline constexpr refusal body_too_slow{status::request_timeout, "request body not received in time"};

}  // namespace refusals
}  // namespace curfew::detail
