// How a database is opened and used.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace curfew::sqlite {

struct options {
    /// The file, or `:memory:` for a database that lives as long as the object and has one connection.
    std::string path;
    /// How many statements may run at a time; each connection has a worker thread. Default: 4.
    std::size_t connections = 4;
    /// How many requests may wait for a connection; one more is refused (`errc::too_many_waiting`). Default: 256.
    std::size_t max_waiting = 256;
    /// Opens the file for reading; it must exist. Default: false, and the file is created if it is missing.
    bool read_only = false;
    /// How long a statement waits for a lock of another connection; its context's end ends the wait sooner. Default: 5 s.
    std::chrono::milliseconds busy_timeout{5000};
    /// Rows are read into memory; a statement that gives more than this fails (`errc::result_too_large`). Default: 64 MiB.
    std::size_t max_result_bytes = 64u << 20;
    /// How many prepared statements each connection keeps. Default: 64.
    std::size_t prepared_statements = 64;
    /// Statements run on each new connection, such as `pragma synchronous = normal`. Default: none. WAL and foreign keys
    /// are on.
    std::vector<std::string> on_open;
};

}  // namespace curfew::sqlite
