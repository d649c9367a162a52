// Where a server listens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace curfew::detail {

struct listen_address {
    std::string   host;      ///< A numeric address; empty for a path.
    std::uint16_t port = 0;  ///< 0: a free one.
    std::string   path;      ///< Of a socket in the file system.

    bool        is_path() const noexcept { return !path.empty(); }
    /// Whether only this machine can reach it.
    bool        is_local() const;
    std::string text() const;
};

/// Reads `ADDRESS:PORT`, `[ADDRESS]:PORT`, `localhost:PORT`, `:PORT` (any address) or `unix:PATH`.
///
/// Errors: `std::invalid_argument`, quoting the text.
listen_address parse_listen_address(std::string_view text);

}  // namespace curfew::detail
