// What can be said of one route.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace curfew {

/// What the client's departure does to a request.
enum class on_disconnect {
    cancel,  ///< The request is canceled.
    finish,  ///< The handler goes on to its end, its deadline included.
};

/// What a client that only closed its sending side does to a request.
enum class half_close {
    cancel,  ///< Taken for a departure, as most are.
    ignore,  ///< Taken for a client that still reads: it gets its full answer.
    probe,   ///< An interim 102 finds out: a reset cancels, silence lets the handler finish.
};

struct route_options {
    /// Deadline of a request, counted from its first byte. Default: the server's.
    std::optional<std::chrono::nanoseconds> timeout = std::nullopt;

    /// Largest body accepted, in bytes; more is a 413. Default: the server's.
    std::optional<std::size_t> body_limit = std::nullopt;

    /// Default: cancel.
    curfew::on_disconnect on_disconnect = curfew::on_disconnect::cancel;

    /// Default: cancel.
    curfew::half_close half_close = curfew::half_close::cancel;

    /// Name of the request's context in causes, the tree and the log. Default: method and pattern, such as
    /// `GET /notes/{id}`; for all methods the pattern.
    std::string name = {};
};

}  // namespace curfew
