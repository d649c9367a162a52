// The rules of RFC 9110 and 9112 about single parts of a request head that Beast does not check, or not strictly.
#pragma once

#include "refusal.hpp"

#include <curfew/method.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace curfew::detail {

/// What a request target says, in whichever of its four forms (RFC 9112 §3.2) it was sent.
struct request_target
{
    std::string_view path;       ///< `/` at least; `*` for the asterisk form; empty for the authority form.
    std::string_view query;      ///< Behind the first `?`.
    std::string_view authority;  ///< Of the absolute and the authority form.
};

/// Splits a request target; nothing if it is malformed or its form does not go with the method.
/// Path and query are what `split_target` of <curfew/url.hpp> accepts.
[[nodiscard]] std::optional<request_target> read_target(method m, std::string_view target);

/// Tells whether `text` is `uri-host [ ":" port ]` (RFC 9110 §7.2). Nothing at all is also good: the client's URI had none.
[[nodiscard]] bool is_host(std::string_view text) noexcept;

/// Options that a client listed in its Connection fields, all of them together.
struct connection_options
{
    bool close      = false;
    bool keep_alive = false;
    bool upgrade    = false;
};

/// Adds the members of one Connection field (RFC 9110 §7.6.1). Returns: false if it is not a list of tokens.
[[nodiscard]] bool add_connection_options(std::string_view value, connection_options& options) noexcept;

/// Returns the value of a Content-Length field; nothing if it is not one number that fits (RFC 9110 §8.6).
[[nodiscard]] std::optional<std::uint64_t> parse_content_length(std::string_view value) noexcept;

/// Returns why a Transfer-Encoding cannot be served; nothing if it is `chunked` and nothing else.
///
/// If `chunked` is not the last coding, the length is unknown and the request malformed; a coding before it is one that
/// this server does not implement (RFC 9112 §6.1, §6.3).
[[nodiscard]] std::optional<refusal> refuse_transfer_encoding(std::string_view value) noexcept;

}  // namespace curfew::detail
