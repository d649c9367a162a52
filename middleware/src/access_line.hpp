// What the access log says about one request.
#pragma once

#include <curfew/context.hpp>
#include <curfew/middleware/access_log.hpp>
#include <curfew/outcome.hpp>
#include <curfew/request.hpp>

#include <fmt/format.h>

#include <chrono>

namespace curfew::detail {

/// Most lines fit without an allocation.
using log_line = fmt::basic_memory_buffer<char, 512>;

using wall_time = std::chrono::system_clock::time_point;

struct access_entry
{
    const context&        ctx;
    const request&        req;
    const request_record& record;
    wall_time             finished;
    bool                  user_agent;
};

/// Appends the line of one request, without its end.
void append_access_line(log_line& to, log_format format, const access_entry& entry);

/// Appends the line that stands for lines that were dropped.
void append_gap_line(log_line& to, log_format format, wall_time now, std::uint64_t dropped);

}  // namespace curfew::detail
