// Answers whose body is produced while it is sent.
#pragma once

#include <curfew/body_writer.hpp>
#include <curfew/context.hpp>
#include <curfew/response.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace curfew {

namespace detail {

/// The part of an answer that only streams have.
struct response_stream {
    explicit response_stream(body_producer p) : produce(std::move(p)) {}

    body_producer                produce;
    std::optional<std::uint64_t> length;  ///< Announced as `Content-Length`; without it the body is chunked.
    std::optional<context>       ctx;     ///< The context in force where the answer was made; none: the request's.
};

}  // namespace detail

/// Makes an answer whose body `produce` writes after the head has been sent.
///
/// `produce` is called as `task<void>(context, body_writer&)`. Its context is the one in force where the answer was
/// made: a deadline that a middleware set covers the body too. If it throws, the body is broken off so that the client
/// can tell; there is no second answer. A `HEAD` request does not call it.
///
/// @code
/// auto count = [](context ctx, body_writer& out) -> task<void> {
///     for (int i = 0; i != 10; ++i)
///         co_await out.write(ctx, std::to_string(i) + "\n");
/// };
/// co_return stream_response(status::ok, content_types::text, count);
/// @endcode
response stream_response(status code, content_type type, body_producer produce);

/// The same with a known length. A body that turns out shorter or longer is broken off.
response stream_response(status code, content_type type, std::uint64_t length, body_producer produce);

}  // namespace curfew
