// Formats answers into the flat buffer that is sent.
#pragma once

#include "output_buffer.hpp"
#include "refusal.hpp"

#include <curfew/fields.hpp>
#include <curfew/status.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace curfew::detail {

/// What precedes the content of an answer, apart from its framing.
struct answer_head
{
    curfew::status status = status::ok;
    std::string_view content_type;  ///< Empty: no Content-Type.
    const curfew::fields* fields = nullptr;
    std::string_view date;          ///< The Date line of `date_cache`; empty: none.
    unsigned version  = 11;         ///< Of the request, 10 or 11.
    bool to_head      = false;      ///< The request was a HEAD: the same head is sent, and nothing behind it.
    bool close        = false;      ///< This is the last answer on the connection.
};

/// How the end of an answer's content is told (RFC 9112 §6.3).
enum class body_framing : unsigned char
{
    none,            ///< There is no content, whatever the handler produces.
    content_length,  ///< Announced in the head.
    chunked,
    until_close,     ///< For HTTP/1.0: the connection ends with the content.
};

/// Appends a whole answer. Its Content-Length is the size of `content`, which itself is left out if there can be none.
///
/// Lines of `fields` that would contradict the framing (Content-Length, Transfer-Encoding, Connection except with 101) and
/// Date are not sent: these are the server's.
void write_answer(output_buffer& out, const answer_head& head, std::string_view content);

/// Appends the head of an answer whose content follows piece by piece.
///
/// `length`: the size of the content if it is known.
/// Returns:  how the content is to be framed. After `until_close` the connection closes, as the head then says.
body_framing write_stream_head(output_buffer& out, const answer_head& head, std::optional<std::uint64_t> length);

/// Appends an interim response: 100 when the client waits with its body, 102 to find out whether it is still there.
/// Preconditions: the client speaks HTTP/1.1, and no byte of the answer proper has been written.
void write_interim(output_buffer& out, curfew::status interim);

/// Appends the answer to bytes that are refused, as problem+json with `Connection: close`. Returns: the size of its content.
std::size_t write_refusal(output_buffer& out, const refusal& why, std::string_view date);

}  // namespace curfew::detail
