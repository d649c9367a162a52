// Puts the framing around the content of a streamed answer.
#pragma once

#include "answer_writer.hpp"
#include "output_buffer.hpp"

#include <cstdint>
#include <string_view>

namespace curfew::detail {

/// Encodes the content of one answer as its head announced it.
class body_encoder
{
public:
    /// `framing`, `length`: what `write_stream_head` returned, and the length given to it.
    explicit body_encoder(body_framing framing, std::uint64_t length = 0) noexcept : framing_(framing), left_(length) {}

    /// Appends a piece of content. Returns: false, with nothing appended, if it is more than the head announced.
    [[nodiscard]] bool append(output_buffer& out, std::string_view content);

    /// Appends what ends the content. Returns: false if less came than the head announced; then, and with `until_close`,
    /// only closing the connection ends it.
    [[nodiscard]] bool finish(output_buffer& out);

private:
    body_framing framing_;
    std::uint64_t left_;
};

}  // namespace curfew::detail
