// One line for each request: what was asked, what became of it, and why.
#pragma once

#include <curfew/context.hpp>
#include <curfew/log.hpp>
#include <curfew/outcome.hpp>
#include <curfew/request.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace spdlog::sinks {
class sink;
}

namespace curfew {

struct access_log_options
{
    /// Text is for people: the fixed part first, then `name=value`. JSON is one object a line. Default: text.
    log_format format = log_format::text;

    /// Where lines go; used by the log's own thread, its pattern is set to the bare line. Default: standard output.
    std::shared_ptr<spdlog::sinks::sink> sink = nullptr;

    /// Lines that wait to be written; when it is full, the oldest is dropped. Default 8192, of 400 bytes each.
    std::size_t queue = 8192;

    /// Whether a line has the `User-Agent`. Default no.
    bool user_agent = false;
};

/// Middleware: logs each request once its outcome is known.
///
/// A line has time, method, target, status, outcome, duration, body bytes sent, route, peer, trace and span ID, request ID,
/// if it was refused what was wrong with it, and if its context ended the cause, how many operations that stopped, and the time
/// from then until all was quiet. All lines have the same level: a cancellation is no error, and an error has been logged by whoever caught it.
/// A router's own log has a line for every request, those included that were refused before they had a route: with `-` for
/// a method or target that could not be read. One in a group has lines for the routes of that group.
/// What came from outside is escaped: no byte of a request can end a line, or look like a field of it.
///
/// Requests never wait for it. Lines are formatted on the request's loop and written by a thread of the log's own; if that
/// one falls behind, lines are dropped, counted, and the count is written where they are missing.
///
/// A handle: copies share one log. The last copy's destructor waits until every line is written.
/// Thread safety: distinct objects: safe. Shared objects: safe.
///
/// @code
/// const curfew::access_log lines({.format = curfew::log_format::json});
/// routes.use(lines);
/// @endcode
class access_log
{
public:
    /// Errors: `std::invalid_argument` if the queue has no room.
    explicit access_log(access_log_options options = {});

    void finished(const context& ctx, const request& req, const request_record& record) const noexcept;

    /// How many lines were dropped so far.
    [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    class writer;

    std::shared_ptr<writer> writer_;
};

}  // namespace curfew
