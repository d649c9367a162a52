// A request to another service.
#pragma once

#include <curfew/body_writer.hpp>
#include <curfew/clock.hpp>
#include <curfew/fields.hpp>
#include <curfew/method.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace curfew {

/// Holds what is to be asked of another service: method, URL, header fields and a body.
///
/// The client adds `Host`, the framing of the body, `traceparent` and the deadline; fields that it owns (`Connection`,
/// `Content-Length`, `Transfer-Encoding` and the like, the trace's and the deadline's) are not taken from here.
///
/// Distinct objects: safe. Shared objects: not.
class client_request {
public:
    /// `url`: absolute (`http://…`, `https://…`), or relative to the client's `base_url`.
    ///
    /// Errors: `std::invalid_argument` for the methods `unknown` and `connect`. The URL is looked at when it is sent.
    client_request(curfew::method m, std::string url);

    /// Sets a field, in place of those of the same name. Errors: see `fields::set`.
    client_request&  header(std::string_view name, std::string_view value) &;
    client_request&& header(std::string_view name, std::string_view value) && { return std::move(header(name, value)); }

    /// Sets the body. `type`: its `Content-Type`.
    client_request&  body(std::string bytes, std::string_view type) &;
    client_request&& body(std::string bytes, std::string_view type) &&
    {
        return std::move(body(std::move(bytes), type));
    }

    /// Sets a body that is produced while it is sent: `produce` is called as `task<void>(context, body_writer&)`, once.
    ///
    /// Its context is a child of the call's. An answer that is no success stops it, as nobody reads the rest. If it throws,
    /// the call fails with what it threw.
    /// `length`: announced as `Content-Length`; without it the body is chunked. A body of another length fails the call.
    client_request&  stream(body_producer produce, std::string_view type, std::optional<std::uint64_t> length = {}) &;
    client_request&& stream(body_producer produce, std::string_view type, std::optional<std::uint64_t> length = {}) &&
    {
        return std::move(stream(std::move(produce), type, length));
    }

    /// Limits the whole call, the answer's body included. Default: `client_options::timeout`.
    client_request& timeout(duration limit) &
    {
        timeout_ = limit;
        return *this;
    }
    client_request&& timeout(duration limit) && { return std::move(timeout(limit)); }

    /// How many redirects are followed. Default: `client_options::max_redirects`.
    client_request& max_redirects(unsigned count) &
    {
        max_redirects_ = count;
        return *this;
    }
    client_request&& max_redirects(unsigned count) && { return std::move(max_redirects(count)); }

    /// Says whether sending it twice does the same as sending it once. Default: what its method promises.
    client_request& idempotent(bool is) &
    {
        idempotent_ = is;
        return *this;
    }
    client_request&& idempotent(bool is) && { return std::move(idempotent(is)); }

    curfew::method          method() const noexcept { return method_; }
    const std::string&      url() const noexcept { return url_; }
    fields&                 headers() noexcept { return headers_; }
    const fields&           headers() const noexcept { return headers_; }
    const std::string&      body() const noexcept { return body_; }
    std::optional<duration> timeout() const noexcept { return timeout_; }
    std::optional<unsigned> max_redirects() const noexcept { return max_redirects_; }
    bool                    idempotent() const noexcept { return idempotent_; }
    /// True if it has a body, even an empty one.
    bool                    has_body() const noexcept { return has_body_; }
    /// True if its body is produced while it is sent.
    bool                    is_streamed() const noexcept { return producer_.has_value(); }

    /// For curfew's own modules: what produces the body, if it is streamed, and its announced length.
    std::optional<body_producer>& producer() noexcept { return producer_; }
    std::optional<std::uint64_t>  announced_length() const noexcept { return length_; }
    /// For curfew's own modules: makes it a request for something else, as a redirect asks.
    void redirect(std::string url) { url_ = std::move(url); }
    void become_get() noexcept;

private:
    curfew::method               method_;
    std::string                  url_;
    fields                       headers_;
    std::string                  body_;
    std::optional<body_producer> producer_;
    std::optional<std::uint64_t> length_;
    std::optional<duration>      timeout_;
    std::optional<unsigned>      max_redirects_;
    bool                         idempotent_;
    bool                         has_body_ = false;
};

}  // namespace curfew
