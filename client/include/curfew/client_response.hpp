// The answer of another service.
#pragma once

#include <curfew/context.hpp>
#include <curfew/fields.hpp>
#include <curfew/status.hpp>
#include <curfew/task.hpp>

#include <boost/asio/buffer.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace curfew {

namespace detail {
class client_exchange;
}

/// Holds an answer: its head, and the connection on which its body is still to come.
///
/// The connection goes back to its pool as soon as the last byte of the body has come, whether it has been asked for or
/// not. Dropping an answer before that closes the connection, and so does a read that fails or is canceled.
///
/// Thread safety: none; used and destroyed on the loop of the call.
class client_response {
public:
    /// Makes an empty one, as the results of coroutines begin. Nothing may be asked of it.
    client_response() noexcept;
    explicit client_response(std::unique_ptr<detail::client_exchange> exchange) noexcept;
    client_response(client_response&&) noexcept;
    client_response& operator=(client_response&&) noexcept;
    ~client_response();

    curfew::status status() const noexcept;
    /// True for a status of success (2xx).
    bool           ok() const noexcept { return is_success(status()); }
    const fields&  headers() const noexcept;
    /// The first field of this name, whatever its case.
    std::optional<std::string_view> header(std::string_view name) const noexcept { return headers().find(name); }
    /// The fields behind a chunked body; complete at its end. They are kept apart, as nobody vouches for them.
    const fields&  trailers() const noexcept;

    /// Scheme, host and port that it came from, redirects included.
    const std::string& origin() const noexcept;

    /// Reads what has arrived of the body, at least one byte.
    ///
    /// Returns:      the number of bytes; 0 at the end of the body.
    /// Errors:       `client_error` if the connection breaks or the framing is wrong; the context's error if `ctx` or the
    ///               call's timeout ends.
    /// Cancellation: `ctx`; the connection is closed then.
    /// Lifetime:     this object and `buffer` are borrowed until completion.
    task<std::size_t> read_some(context ctx, boost::asio::mutable_buffer buffer);

    /// Reads the body to its end. Errors, Cancellation: see `read_some`; `client_errc::body_too_large` beyond `limit`,
    /// default `client_limits::body_size`.
    task<std::string> read_all(context ctx, std::optional<std::size_t> limit = {});

    /// Reads a body of JSON. Needs `<curfew/client_json.hpp>`.
    ///
    /// Errors: see `read_all`; `client_errc::not_json` unless the type is `application/json` or ends in `+json`, and the
    ///         body can be parsed.
    task<nlohmann::json> read_json(context ctx);

private:
    std::unique_ptr<detail::client_exchange> exchange_;
};

}  // namespace curfew
