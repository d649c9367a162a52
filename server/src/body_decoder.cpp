#include "body_decoder.hpp"

#include <algorithm>

namespace curfew::detail {

namespace {

// More could not matter: 16 digits are 64 bits. Leading zeros count, so that they cannot go on for ever.
constexpr std::uint32_t max_size_digits = 16;

constexpr std::optional<unsigned> hex_value(char c) noexcept
{
    if (is_digit(c)) {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = to_lower(c);
    if (lower >= 'a' && lower <= 'f') {
        return static_cast<unsigned>(lower - 'a' + 10);
    }
    return std::nullopt;
}

}  // namespace

body_decoder::body_decoder(const request_head& head, const body_limits& limits) noexcept : limits_(limits)
{
    if (head.chunked) {
        state_ = state::chunk_size_start;
    } else {
        left_ = declared_ = head.content_length.value_or(0);
        state_            = left_ > 0 ? state::content : state::done;
    }
}

body_piece body_decoder::next(std::string_view bytes) noexcept
{
    body_piece piece;
    if (declared_ > limits_.size) {
        piece.refused = refusals::body_too_large;
        return piece;
    }
    while (piece.used < bytes.size() && !done()) {
        if (state_ == state::content || state_ == state::chunk_data) {
            const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - piece.used));
            piece.data        = bytes.substr(piece.used, length);
            piece.used += length;
            left_ -= length;
            if (left_ == 0) {
                state_ = state_ == state::content ? state::done : state::chunk_data_cr;
            }
            return piece;
        }
        piece.refused = step(bytes[piece.used]);
        if (piece.refused) {
            return piece;
        }
        ++piece.used;
    }
    return piece;
}

// Moves over one byte of framing. RFC 9112 §7.1, without a lone LF for a line end: what others take for the end of a chunk
// header must not be inside an extension for us.
std::optional<refusal> body_decoder::step(char c) noexcept
{
    switch (state_) {
    case state::chunk_size_start:
        left_        = 0;
        size_digits_ = 0;
        state_       = state::chunk_size;
        return add_size_digit(c);

    case state::chunk_size:
        if (c == '\r') {
            state_ = state::chunk_size_lf;
            return std::nullopt;
        }
        if (c == ';' || is_space(c)) {
            state_ = c == ';' ? state::chunk_extension : state::chunk_extension_start;
            return count_extension_byte();
        }
        return add_size_digit(c);

    case state::chunk_extension_start:  // white space, which only an extension may follow
        if (c != ';' && !is_space(c)) {
            return refusals::chunk;
        }
        state_ = c == ';' ? state::chunk_extension : state_;
        return count_extension_byte();

    case state::chunk_extension:
        if (c == '\r') {
            state_ = state::chunk_size_lf;
            return std::nullopt;
        }
        return is_field_char(c) ? count_extension_byte() : refusals::chunk;

    case state::chunk_size_lf:
        if (c != '\n') {
            return refusals::chunk;
        }
        if (left_ > limits_.size - declared_) {
            return refusals::body_too_large;
        }
        declared_ += left_;
        state_ = left_ > 0 ? state::chunk_data : state::trailer_start;
        return std::nullopt;

    case state::chunk_data_cr:
        if (c != '\r') {
            return refusals::chunk;
        }
        state_ = state::chunk_data_lf;
        return std::nullopt;

    case state::chunk_data_lf:
        if (c != '\n') {
            return refusals::chunk;
        }
        state_ = state::chunk_size_start;
        return std::nullopt;

    case state::trailer_start:
        if (c == '\r') {
            state_ = state::end_lf;
            return std::nullopt;
        }
        if (++trailer_fields_ > limits_.trailer_fields) {
            return refusals::trailers_too_large;
        }
        state_ = state::trailer_name;
        return is_token_char(c) ? count_trailer_byte() : refusals::trailer;

    case state::trailer_name:
        if (c == ':') {
            state_ = state::trailer_value;
        } else if (!is_token_char(c)) {
            return refusals::trailer;
        }
        return count_trailer_byte();

    case state::trailer_value:
        if (c == '\r') {
            state_ = state::trailer_lf;
        } else if (!is_field_char(c)) {
            return refusals::trailer;
        }
        return count_trailer_byte();

    case state::trailer_lf:
        if (c != '\n') {
            return refusals::trailer;
        }
        state_ = state::trailer_start;
        return count_trailer_byte();

    case state::end_lf:
        if (c != '\n') {
            return refusals::trailer;
        }
        state_ = state::done;
        return std::nullopt;

    case state::content:
    case state::chunk_data:
    case state::done: break;  // `next` does not come here in these
    }
    return std::nullopt;
}

std::optional<refusal> body_decoder::add_size_digit(char c) noexcept
{
    const auto digit = hex_value(c);
    if (!digit || ++size_digits_ > max_size_digits) {
        return refusals::chunk;
    }
    left_ = left_ * 16 + *digit;
    return std::nullopt;
}

std::optional<refusal> body_decoder::count_extension_byte() noexcept
{
    return ++extension_bytes_ > limits_.chunk_extensions ? std::optional(refusals::chunk_extensions_too_large) : std::nullopt;
}

std::optional<refusal> body_decoder::count_trailer_byte() noexcept
{
    return ++trailer_bytes_ > limits_.trailers ? std::optional(refusals::trailers_too_large) : std::nullopt;
}

}  // namespace curfew::detail
