// Which server, and how it is used.
#pragma once

#include <curfew/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace curfew::redis {

struct options {
    /// A name or a numeric address. Default: 127.0.0.1.
    std::string   host = "127.0.0.1";
    std::uint16_t port = 6379;  ///< Default: 6379.
    /// A unix socket, in place of host and port. Default: none.
    std::string unix_path;
    /// Sent with AUTH on each connection, if there is a password; the name with Redis 6. Default: none.
    std::string username, password;
    /// Chosen with SELECT on each connection. Default: 0.
    unsigned database = 0;
    /// For each loop: how many blocking commands may wait at a time, each on a connection of its own. Default: 4.
    std::size_t blocking_connections = 4;
    /// For each loop: how many commands may be under way on the shared connection, and how many may wait for one of the others;
    /// one more is refused (`errc::too_many_waiting`). Default: 1024.
    std::size_t max_waiting = 1024;
    /// A larger reply breaks the connection (`errc::protocol`). Default: 64 MiB.
    std::size_t max_reply_bytes = 64u << 20;
    /// How long it may take to connect and be let in. Default: 2 s.
    duration connect_timeout = std::chrono::seconds(2);
};

}  // namespace curfew::redis
