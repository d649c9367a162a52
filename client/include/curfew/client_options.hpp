// Everything that can be set about a client, with the defaults.
#pragma once

#include <curfew/deadline_header.hpp>

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
    pool_options     pool;
    client_limits    limits;
    tls_options      tls;
    resolver_options resolver;
};

}  // namespace curfew
