// Everything that can be set about a server, with the defaults.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace curfew {

/// How the server learns that a client left while its request is being handled.
enum class disconnect_detection : std::uint8_t {
    automatic,   ///< The kernel's own signal where there is one (Linux), else `read_ahead`.
    read_ahead,  ///< By reading on, up to `server_limits::read_ahead`: portable, blind behind that many unread bytes.
};

/// Bounds on what a client may send, and on how long it may take. None can be lifted by a client.
struct server_limits {
    using seconds = std::chrono::seconds;

    // ---- the request's head
    seconds     head_time{10};            ///< From its first byte to its last. Default 10 s, then 408.
    std::size_t head_size   = 32 * 1024;  ///< Request line and fields. Default 32 KiB, then 431.
    std::size_t target_size = 16 * 1024;  ///< Default 16 KiB, then 414.
    std::size_t field_count = 128;        ///< Default 128, then 431.

    // ---- the request's body
    std::size_t body_size = 1024 * 1024;   ///< Default 1 MiB, then 413. A route may have its own.
    seconds     body_idle{15};             ///< Without a byte while the server reads. Default 15 s, then 408.
    std::size_t minimum_rate = 240;        ///< Bytes a second, either way. Default 240, then 408.
    seconds     minimum_rate_after{5};     ///< Over which the rate is measured. Default 5 s.
    std::size_t chunk_extensions = 4096;   ///< Bytes per body. Default 4 KiB, then 413.
    std::size_t trailer_size     = 8192;   ///< Default 8 KiB, then 431.
    std::size_t trailer_count    = 32;     ///< Fields. Default 32, then 431.
    std::size_t discard          = 65536;  ///< Of a body that the handler left unread; the connection closes if there is more.

    // ---- the connection
    seconds       keep_alive_idle{60};             ///< Between requests. Default 60 s, then closed without a word.
    seconds       write_idle{20};                  ///< Without progress in sending. Default 20 s, then reset.
    seconds       linger{1};                       ///< For the client to take the last answer. Default 1 s.
    std::uint32_t requests         = 10'000;       ///< Per connection. Default 10,000; the last carries `Connection: close`.
    std::size_t   read_ahead       = 64 * 1024;    ///< Kept unparsed while a request is being handled. Default 64 KiB.
    std::size_t   write_ahead      = 64 * 1024;    ///< Of a streamed answer, before its writer has to wait. Default 64 KiB.
    unsigned      answers_per_turn = 16;           ///< Of pipelined requests, before other connections get their turn.
    std::size_t   connections      = 0;            ///< Default 0: the process's descriptor limit less 64. Then accept pauses.
};

/// What a server does when it is told to end (SIGTERM, SIGINT or `server::stop()`).
struct drain_options {
    /// Not ready any more, but still accepting, so that a balancer can notice. Default 0.
    std::chrono::milliseconds delay{0};
    /// For requests in flight; then they are canceled with cause `shutdown`. Default 10 s.
    std::chrono::milliseconds limit{10'000};
    /// For canceled requests to come home; then what is left is listed, and `run` returns 1. Default 2 s.
    std::chrono::milliseconds abandon{2'000};
};

struct server_options {
    /// `ADDRESS:PORT`, `[ADDRESS]:PORT` or `unix:PATH`; port 0 takes a free one. Default none: `run` then refuses to start.
    std::vector<std::string> listen;
    /// Where `/healthz`, `/readyz` and `/debug` are served, by a thread of its own. Default none.
    std::string admin;
    /// Asked of clients of the admin listener as `Authorization: Bearer TOKEN`. Required unless it listens on a loopback
    /// address or a path. Default none.
    std::string admin_token;
    /// Loops, each with a thread of its own. Default 0: one per processor.
    unsigned threads = 0;
    /// Connections that the kernel keeps until they are accepted. Default 1024.
    int backlog = 1024;

    /// Of every request, counted from its first byte; a route or an inbound header may set a sooner one. Default 30 s.
    /// It alone does not cut a request whose bytes flow at the minimum rate, nor an answer that is being streamed.
    std::chrono::milliseconds deadline{30'000};
    /// For a handler to come home after its context ended, before the server answers in its place. Default 100 ms.
    std::chrono::milliseconds grace{100};
    /// Whether deadline headers of clients are obeyed. Default yes.
    bool deadline_headers = true;

    disconnect_detection detection = disconnect_detection::automatic;
    server_limits        limits;
    drain_options        drain;

    /// Whether SIGTERM and SIGINT drain the server while `run` runs. Default yes.
    bool handle_signals = true;
};

}  // namespace curfew
