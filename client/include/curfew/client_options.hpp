// Everything that can be set about a client, with the defaults.
#pragma once

#include <curfew/deadline_header.hpp>
#include <curfew/retry_budget.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace curfew {

/// Whom to believe on `https`.
struct tls_options {
    /// Whether a certificate must be trusted and name the host. Default yes; no is for tests.
    bool verify = true;
    /// Certificates to trust, in PEM. Default: those of the system.
    std::string ca_file;
};

/// How many connections are kept. Counted per origin (scheme, host and port) and per loop: a client that eight loops
/// use may have eight times as many.
struct pool_options {
    std::size_t               connections = 64;    ///< At a time, idle ones included. Default 64.
    std::size_t               waiting     = 1024;  ///< Calls that wait for one; more fail at once. Default 1024.
    std::size_t               idle        = 16;    ///< Kept for later. Default 16; 0 keeps none.
    std::chrono::milliseconds idle_time{30'000};   ///< For how long. Default 30 s, less than servers usually wait.
};

/// Bounds on what another service may send.
struct client_limits {
    std::size_t head_size   = 32 * 1024;        ///< Status line and fields. Default 32 KiB.
    std::size_t field_count = 128;              ///< Default 128.
    std::size_t body_size   = 8 * 1024 * 1024;  ///< Of `read_all` and `read_json`, unless they say. Default 8 MiB.
};

/// Limits of single phases. All of them lie within the context's deadline; none of them lifts it.
struct client_timeouts {
    using milliseconds = std::chrono::milliseconds;

    milliseconds connect{5'000};    ///< Name look-up and all addresses together. Default 5 s.
    milliseconds handshake{5'000};  ///< TLS. Default 5 s.
    milliseconds head{30'000};      ///< From the end of the request to the end of the answer's head. Default 30 s.
    milliseconds idle{30'000};      ///< Without progress in sending, or in reading the answer's body. Default 30 s.
};

/// When a call that failed is made again. All attempts, and the pauses between them, lie within the context's deadline
/// and the call's timeout; the other side is told what is left each time.
///
/// Again goes what may be over the next time: a connection that could not be made or that broke, an attempt that took too
/// long, an answer of 502 or 503. An answer of 504 says that time was up, and stays. A request that may act twice goes again
/// only if none of it has been sent (`client_request::idempotent`).
struct client_retries {
    using milliseconds = std::chrono::milliseconds;

    int          attempts = 1;          ///< In all. Default 1: a call that failed has failed.
    milliseconds first_pause{50};       ///< Before the second one at most, twice that for each further one; the length is random. Default 50 ms.
    milliseconds longest_pause{2'000};  ///< Default 2 s. A `Retry-After` may make it longer.
    milliseconds attempt_time{0};       ///< Of one, up to its answer's head. Default 0: as long as the call has.
    /// What all calls to one origin have for retries, per loop. Default: one for ten calls.
    retry_budget_options budget;
};

/// How names become addresses.
struct resolver_options {
    std::size_t               threads = 2;    ///< That wait for the system's resolver, for all loops. Default 2.
    std::size_t               waiting = 256;  ///< Look-ups that wait for a thread; more fail at once. Default 256.
    std::chrono::milliseconds cache{10'000};  ///< For how long a look-up is remembered. Default 10 s; 0 asks each time.
};

struct client_options {
    /// What relative URLs are relative to, such as `http://users.internal:8080`. Default none.
    std::string base_url;

    /// Of a whole call, the answer's body included; a request may have its own. Default 0: the context's deadline alone.
    std::chrono::milliseconds timeout{0};
    /// The header that tells the other service how long it has. Default `x-request-timeout-ms`; none: it is not told.
    std::optional<deadline_header> deadline = deadline_header::request_timeout;
    /// Whether `traceparent` and `tracestate` are sent. Default yes.
    bool trace = true;
    /// How many redirects are followed. Default 0: a redirect is an answer like others.
    unsigned max_redirects = 0;

    client_timeouts  timeouts;
    client_retries   retries;
    pool_options     pool;
    client_limits    limits;
    tls_options      tls;
    resolver_options resolver;
};

}  // namespace curfew
