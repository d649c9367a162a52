// Calls to other services: HTTP/1.1 that carries the deadline and the trace on.
#pragma once

#include <curfew/client_error.hpp>
#include <curfew/client_options.hpp>
#include <curfew/client_request.hpp>
#include <curfew/client_response.hpp>
#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <source_location>
#include <string>
#include <string_view>

namespace curfew {

namespace detail {
class client_core;
}

/// Calls other services, and keeps connections to them.
///
/// One client serves a whole program: make it once and pass it to the handlers. It shares nothing between loops: each
/// loop that uses it has connections, waiting calls and remembered addresses of its own, so no call takes a lock, and
/// limits of `pool_options` count per loop.
///
/// Thread safety: distinct objects: safe. Shared objects: safe, each call on the loop of its context.
/// Destroying it closes idle connections. Calls and answers under way go on, and close theirs at their end.
class client {
public:
    /// Errors: `boost::system::system_error` if `options.tls.ca_file` cannot be used; `std::invalid_argument` if
    ///         `options.base_url` is no URL of http or https.
    explicit client(client_options options = {});
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;
    ~client();

    /// Sends a request and reads the head of its answer. Any status is an answer, not an error.
    ///
    /// The other service is told the trace (`traceparent` with a new parent ID, `tracestate`) and what is left of the
    /// deadline, less a reserve, as it is when the request is sent. If too little is left to be worth telling, the call fails
    /// before it connects. A kept connection that turns out to be closed is replaced once, if the request may be sent again.
    ///
    /// Preconditions: runs on the loop that `ctx` belongs to, as every handler and its children do.
    /// Completes:     when the head has come and the request's body is sent, or is not wanted any more because the answer
    ///                is no success.
    /// Errors:        `client_error`; `context_error` if `ctx` ends, or the call's own timeout; what the producer of a
    ///                streamed body throws; `std::logic_error` on another loop.
    /// Cancellation:  `ctx` or the awaiting coroutine. A call that waits for a connection leaves the line; one that has sent
    ///                anything closes its connection with a reset, which the other side sees at once.
    /// Lifetime:      the client may be destroyed before completion.
    task<client_response> send(context ctx, client_request request,
                               std::source_location where = std::source_location::current());

    /// `send` without a body.
    task<client_response> get(context ctx, std::string url, std::source_location where = std::source_location::current());
    task<client_response> head(context ctx, std::string url, std::source_location where = std::source_location::current());
    task<client_response> delete_(context ctx, std::string url,
                                  std::source_location where = std::source_location::current());

    /// `send` with a body. `type`: its `Content-Type`.
    task<client_response> post(context ctx, std::string url, std::string body, std::string_view type,
                               std::source_location where = std::source_location::current());
    task<client_response> put(context ctx, std::string url, std::string body, std::string_view type,
                              std::source_location where = std::source_location::current());

    /// Gets a JSON document. Needs `<curfew/client_json.hpp>`.
    ///
    /// Errors: see `send` and `client_response::read_json`; `client_errc::unexpected_status` unless the answer is one of
    ///         success.
    task<nlohmann::json> get_json(context ctx, std::string url, std::source_location where = std::source_location::current());

    /// For curfew's own modules and tests.
    explicit client(std::shared_ptr<detail::client_core> core) noexcept;

private:
    std::shared_ptr<detail::client_core> core_;
};

}  // namespace curfew
