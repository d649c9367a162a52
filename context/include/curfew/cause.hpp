// Why a context ended: one immutable record, shared by everything that the cancellation reached.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace curfew {

enum class cause_kind : std::uint8_t {
    none,                 ///< The context has not ended.
    client_disconnected,  ///< The peer left; `cause::how()` says in which way.
    deadline_exceeded,    ///< A deadline passed; `cause::origin()` says whose.
    shutdown,             ///< The server's drain limit passed.
    shed,                 ///< Refused under load.
    sibling_failed,       ///< Another child of the same group failed; `cause::error()` is its error.
    race_lost,            ///< Another function of the same race finished first.
    scope_left,           ///< The cancel source was destroyed.
    request_finished,     ///< The handle outlived the request it belonged to.
    aborted_by_operator,  ///< Ended through the admin interface.
    canceled,             ///< `cancel_source::cancel()`; `cause::text()` or `cause::error()` is the caller's reason.
};

enum class disconnect_how : std::uint8_t { none, fin, reset, tls_close, h2_reset, peer_timeout, write_failed };

/// Says who set the deadline that passed.
enum class deadline_origin : std::uint8_t { none, route, server_default, inbound_header, timeout_in_code };

std::string_view to_string(cause_kind) noexcept;
std::string_view to_string(disconnect_how) noexcept;
std::string_view to_string(deadline_origin) noexcept;

namespace detail {
struct cause_record;
void retain(const cause_record*) noexcept;
void release(const cause_record*) noexcept;
}  // namespace detail

/// Tells why a context ended. A value of one pointer; empty while the context has not ended.
///
/// Thread safety: distinct objects: safe. Shared objects: safe to read.
class cause {
public:
    using duration = std::chrono::steady_clock::duration;

    cause() noexcept = default;
    explicit cause(const detail::cause_record* record) noexcept : record_(record) { detail::retain(record_); }
    cause(const cause& other) noexcept : record_(other.record_) { detail::retain(record_); }
    cause(cause&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
    cause& operator=(cause other) noexcept
    {
        std::swap(record_, other.record_);
        return *this;
    }
    ~cause() { detail::release(record_); }

    explicit operator bool() const noexcept { return record_ != nullptr; }

    cause_kind kind() const noexcept;
    /// How the client left; `none` unless `kind()` is `client_disconnected`.
    disconnect_how how() const noexcept;
    /// Who set the deadline; `none` unless `kind()` is `deadline_exceeded`.
    deadline_origin origin() const noexcept;
    /// The inbound header that set the deadline, or empty.
    std::string_view header() const noexcept;
    /// Name of the context at which the cancellation began.
    std::string_view scope() const noexcept;
    /// Where the deadline was set, or `cancel` was called.
    std::source_location where() const noexcept;
    /// The configured value of the deadline; zero if the cause is none.
    duration configured() const noexcept;
    /// Time from the start of the request (or of the root) to the cancellation.
    duration elapsed() const noexcept;
    /// What was left of the effective deadline at the cancellation; empty if there was no deadline.
    std::optional<duration> remaining() const noexcept;
    /// The caller's or the failed sibling's error, or null.
    std::exception_ptr error() const noexcept;
    /// The caller's reason, or empty.
    std::string_view text() const noexcept;

    /// One line for logs: kind, details, scope and place. Control characters are escaped.
    std::string to_string() const;

    /// True if both are the same record (not merely equal ones).
    friend bool operator==(const cause& a, const cause& b) noexcept { return a.record_ == b.record_; }

private:
    const detail::cause_record* record_ = nullptr;
};

}  // namespace curfew
