// The answer to a request: status, header fields and a body.
#pragma once

#include <curfew/fields.hpp>
#include <curfew/content_type.hpp>
#include <curfew/status.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace curfew {

struct set_cookie;
class http_error;
class problem;

namespace detail {
struct response_stream;
struct drop_stream {
    void operator()(response_stream* stream) const noexcept;
};
}  // namespace detail

/// Holds an answer. Moving is cheap; copying is not offered, as a stream cannot be produced twice.
///
/// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`.
/// Distinct objects: safe. Shared objects: not.
class [[nodiscard]] response {
public:
    /// Makes an empty answer with status 200.
    response() noexcept {}
    /// Makes an empty answer.
    explicit response(curfew::status code) noexcept : status_(code) {}
    response(curfew::status code, std::string body, curfew::content_type type) noexcept
        : status_(code), type_(type), body_(std::move(body))
    {
    }

    curfew::status status() const noexcept { return status_; }
    response&      status(curfew::status code) & noexcept
    {
        status_ = code;
        return *this;
    }
    response&& status(curfew::status code) && noexcept { return std::move(status(code)); }

    /// The fields set for this answer; the content type is among them only if it was set as a field.
    fields&       headers() noexcept { return headers_; }
    const fields& headers() const noexcept { return headers_; }

    /// Sets a field, in place of those of the same name. Errors: see `fields::set`.
    response& header(std::string_view name, std::string_view value) &
    {
        headers_.set(name, value);
        return *this;
    }
    response&& header(std::string_view name, std::string_view value) && { return std::move(header(name, value)); }

    /// Adds a `Set-Cookie` field.
    response&  cookie(const set_cookie& cookie) &;
    response&& cookie(const set_cookie& cookie) &&;

    /// The type of the body: the `Content-Type` field, else the one the answer was made with, else empty.
    /// Lifetime: a view; valid until the answer changes.
    std::string_view content_type() const noexcept;

    const std::string& body() const noexcept { return body_; }
    std::string&       body() noexcept { return body_; }

    /// The stream that produces the body, or null; `body()` is then not sent.
    detail::response_stream* stream() const noexcept { return stream_.get(); }
    void stream(std::unique_ptr<detail::response_stream, detail::drop_stream> produced) noexcept { stream_ = std::move(produced); }

private:
    curfew::status                                                status_ = curfew::status::ok;
    curfew::content_type                                          type_;
    fields                                                        headers_;
    std::string                                                   body_;
    std::unique_ptr<detail::response_stream, detail::drop_stream> stream_;
};

/// Makes an answer of plain text (UTF-8).
response text(status code, std::string body);

/// Makes an answer of HTML (UTF-8).
response html(status code, std::string body);

/// Makes an answer without content: 204.
response no_content();

/// Makes an answer that sends the client elsewhere.
///
/// Preconditions: `code` is a redirection, such as `status::see_other`.
/// Errors:        `std::invalid_argument` if it is none, or if `location` holds a control character.
response redirect(status code, std::string_view location);

/// Makes an answer of problem+json (RFC 9457) with the problem's own status.
response problem_response(const problem& what);

/// The same, for a problem that its status and one sentence describe.
response problem_response(status code, std::string_view detail = {});

/// The answer that an `http_error` asks for.
response problem_response(const http_error& thrown);

}  // namespace curfew
