// One request and its answer, as far as a session knows them.
#pragma once

#include "refusal.hpp"

#include <curfew/cause.hpp>
#include <curfew/clock.hpp>
#include <curfew/outcome.hpp>
#include <curfew/route_options.hpp>
#include <curfew/status.hpp>

#include <cstdint>
#include <optional>

namespace curfew::detail {

/// What holds for a request, from its route, its head and the server's options.
struct request_terms {
    time_point            deadline      = time_point::max();
    deadline_origin       origin        = deadline_origin::none;
    std::uint64_t         body_limit    = UINT64_MAX;
    curfew::on_disconnect on_disconnect = curfew::on_disconnect::cancel;
    curfew::half_close    half_close    = curfew::half_close::cancel;
};

enum class answer_state : std::uint8_t {
    none,       ///< Nothing of it has been formatted.
    streaming,  ///< Its head has.
    complete,   ///< All of it has.
    given_up,   ///< It will not be sent, or was broken off.
};

/// What a session keeps of the request at hand; begun anew for each.
struct exchange {
    bool         open            = false;  ///< From `begin` to `release_request`.
    bool         handler_running = false;
    bool         suspended       = false;  ///< The handler has waited for something.
    answer_state answer          = answer_state::none;

    request_terms terms;
    time_point    started{};  ///< When the first byte of the head came.
    time_point    deadline = time_point::max();

    /// Why the session ended the request's context; `none` while it did not.
    cause_kind     canceled     = cause_kind::none;
    disconnect_how canceled_how = disconnect_how::none;
    time_point     canceled_at{};
    bool           cancel_due     = false;  ///< `cancel_request` is yet to be said.
    bool           moved_deadline = false;  ///< `move_deadline` is yet to be said.
    bool           overdue        = false;  ///< `answer_instead` is yet to be said.
    time_point     grace_until    = time_point::max();
    time_point     probe_at       = time_point::max();

    bool                   continued = false;  ///< 100 was sent.
    bool                   answered_instead = false;  ///< The server did not wait for the handler's answer.
    std::optional<refusal> refused;            ///< Why the body could not be read.
    std::uint64_t          moved     = 0;      ///< Bytes received or sent since `looked_at`.
    time_point             looked_at{};

    curfew::outcome outcome = curfew::outcome::completed;
    curfew::status  status  = curfew::status::client_closed_request;  ///< As sent.
    std::uint64_t   sent    = 0;                                      ///< Content of the answer.
    bool            stream_last = false;  ///< The connection ends with the streamed answer.
    bool            until_close = false;  ///< The streamed answer ends with the connection.
};

}  // namespace curfew::detail
