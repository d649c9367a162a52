// Takes the framing off a request body: Content-Length or chunked (RFC 9112 §6, §7).
#pragma once

#include "refusal.hpp"
#include "request_head.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace curfew::detail {

/// What a request body may cost. Defaults: those of `server_options`.
struct body_limits
{
    std::uint64_t size             = 1024 * 1024;  ///< Bytes of content.
    std::uint32_t chunk_extensions = 4 * 1024;     ///< Bytes of chunk extensions, in the whole body.
    std::uint32_t trailers         = 8 * 1024;     ///< Bytes of trailer fields.
    std::uint32_t trailer_fields   = 32;           ///< Trailer lines.
};

/// What became of the bytes given to a decoder.
struct body_piece
{
    std::size_t used = 0;           ///< So many of them are done with.
    std::string_view data;          ///< Content among those; points into them.
    std::optional<refusal> refused; ///< Why nothing more of this body can be read.
};

/// Decodes one body, piece by piece, without copying or keeping any of it.
///
/// Chunk extensions and trailers are checked and dropped: a trailer must not pass for a field of the head.
/// However the bytes are split, the content and the outcome are the same.
class body_decoder
{
public:
    body_decoder(const request_head& head, const body_limits& limits) noexcept;

    /// Decodes from the front of `bytes` up to the first piece of content, or to the end of the body.
    ///
    /// Returns: a piece without data only if the body ended, was refused, or wants more than `bytes`.
    /// Preconditions: not `done()`, nothing refused yet.
    body_piece next(std::string_view bytes) noexcept;

    /// Tells whether the whole body has been decoded. What follows is the next request.
    [[nodiscard]] bool done() const noexcept { return state_ == state::done; }

    /// Replaces the limit on the size. Content that has been handed out counts.
    void limit_size(std::uint64_t bytes) noexcept { limits_.size = bytes; }

private:
    enum class state : unsigned char
    {
        content,  // of a body with a Content-Length
        chunk_size_start,
        chunk_size,
        chunk_extension_start,
        chunk_extension,
        chunk_size_lf,
        chunk_data,
        chunk_data_cr,
        chunk_data_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        done,
    };

    std::optional<refusal> step(char c) noexcept;
    std::optional<refusal> add_size_digit(char c) noexcept;
    std::optional<refusal> count_extension_byte() noexcept;
    std::optional<refusal> count_trailer_byte() noexcept;

    body_limits limits_;
    state state_;
    std::uint64_t left_     = 0;  // of the content, or of this chunk
    std::uint64_t declared_ = 0;  // content announced so far
    std::uint32_t extension_bytes_ = 0;
    std::uint32_t trailer_bytes_   = 0;
    std::uint32_t trailer_fields_  = 0;
    std::uint32_t size_digits_     = 0;
};

}  // namespace curfew::detail
