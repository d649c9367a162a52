// The client's end of a connection in memory.
#pragma once

#include <curfew/method.hpp>
#include <curfew/testing/answer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace curfew::testing {

/// A client of a `test_server`. Each call runs the server until nothing is ready, unless it is held.
///
/// A handle: copies share the connection, which stays open when the last one goes, as a client that forgot it would leave it.
/// It may outlive the server, which has closed it then.
class memory_connection {
public:
    // ---- what the client does

    void write(std::string_view bytes);
    /// Sends a request without a body, in HTTP/1.1. `lines`: further lines of its head, each with its CRLF.
    void write_request(method m, std::string_view target, std::string_view lines = {});

    /// Sends FIN and goes on reading.
    void half_close();
    /// Closes, as a process that ends does: sends FIN, and a reset in answer to what the server still sends.
    void fin();
    /// Sends RST; what either side has not read is lost.
    void reset();

    /// Takes nothing more: the server's writes wait.
    void stall() { window(0); }
    /// Takes `bytes` more, then nothing.
    void window(std::size_t bytes);
    /// Takes everything again.
    void resume();

    // ---- what it received

    /// What the server sent and nobody took yet.
    const std::string& received();
    /// Takes all of it.
    std::string take();
    /// Takes the next answer, interim ones included. None while it is not complete and more may come.
    /// Errors: see `parse_answer`.
    std::optional<answer> next_answer(method asked = method::get);

    // ---- what the server did

    bool finished() const;  ///< It sent FIN.
    bool closed() const;    ///< It closed the connection; reset or not.
    bool was_reset() const; ///< It sent RST.

    struct state;  // the library's own
    explicit memory_connection(std::shared_ptr<state> of) noexcept : state_(std::move(of)) {}

private:
    std::shared_ptr<state> state_;
};

}  // namespace curfew::testing
