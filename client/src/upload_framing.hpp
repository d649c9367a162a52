// The framing of a request body that is produced while it is sent, without I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace curfew::detail {

/// Frames a body by its announced length, or in chunks.
class upload_framing {
public:
    explicit upload_framing(std::optional<std::uint64_t> length) noexcept : left_(length) {}

    /// How a piece is sent. Nothing if it exceeds the announced length. Precondition: the piece is not empty.
    std::optional<std::string> frame(std::string_view piece);
    /// What is sent behind the last piece. Nothing if there is less than announced.
    std::optional<std::string> finish() const;

private:
    std::optional<std::uint64_t> left_;
};

}  // namespace curfew::detail
