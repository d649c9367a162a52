// What can go wrong with a call to another service, besides the end of its context.
#pragma once

#include <curfew/error.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <string>
#include <string_view>

namespace curfew {

/// Says what happened to a call. What the operating system says (connection refused, reset) comes as its own code.
enum class client_errc {
    malformed_url        = 1,   ///< No URL of http or https, or relative without a `base_url`.
    insufficient_budget  = 2,   ///< What is left until the deadline is not enough to call anybody. Nothing was sent.
    queue_full           = 3,   ///< Too many calls to this origin wait for a connection. Nothing was sent.
    timed_out            = 4,   ///< A limit of `client_options` for one phase; the context goes on.
    host_not_found       = 5,   ///< The name has no address.
    certificate_rejected = 6,   ///< The certificate is not trusted, or is another host's.
    connection_closed    = 7,   ///< The other side closed before its answer began.
    truncated            = 8,   ///< The other side closed within its answer.
    malformed_answer     = 9,   ///< No HTTP/1, or a framing that two readers would read differently.
    head_too_large       = 10,  ///< More than `client_limits::head_size` or `field_count`.
    body_too_large       = 11,  ///< More than the limit of `read_all`.
    body_length          = 12,  ///< A streamed request body was longer or shorter than announced.
    too_many_redirects   = 13,  ///< More than `max_redirects`.
    unexpected_status    = 14,  ///< `get_json`: the answer was none of success.
    not_json             = 15,  ///< `read_json`: another type, or no JSON.
};

const boost::system::error_category& client_category() noexcept;

inline error_code make_error_code(client_errc e) noexcept
{
    return {static_cast<int>(e), client_category()};
}

/// How far a call had come.
enum class call_phase : unsigned char {
    prepare,    ///< Nothing has been asked of anybody.
    queue,      ///< Waiting for one of the origin's connections.
    resolve,    ///< Looking up the host's addresses.
    connect,    ///< Connecting to them.
    handshake,  ///< TLS.
    send,       ///< Sending the request.
    read,       ///< Waiting for the answer, and reading it.
};

std::string_view to_string(call_phase) noexcept;

/// Thrown when a call fails while its context goes on.
///
/// `code()` is one of `client_errc` or the operating system's. `what()` is one line: what was called, in which phase it
/// failed, and why. It names neither path nor query, which may hold secrets.
class client_error : public boost::system::system_error {
public:
    /// `details`: more about it, for people.
    client_error(error_code code, call_phase phase, std::string origin, std::string_view details = {});

    call_phase         phase() const noexcept { return phase_; }
    /// Scheme, host and port that were called, such as `http://127.0.0.1:8080`; empty if the URL was malformed.
    const std::string& origin() const noexcept { return origin_; }

    const char* what() const noexcept override { return text_.c_str(); }

private:
    call_phase  phase_;
    std::string origin_;
    std::string text_;
};

}  // namespace curfew

namespace boost::system {
template <>
struct is_error_code_enum<curfew::client_errc> : std::true_type {};
}  // namespace boost::system
