// The options of a server, in the form in which its sessions use them.
#pragma once

#include "body_decoder.hpp"
#include "pace.hpp"
#include "request_parser.hpp"

#include <curfew/server_options.hpp>

#include <cstdint>

namespace curfew::detail {

struct session_settings {
    explicit session_settings(const server_options& options)
        : limits(options.limits), grace(options.grace),
          head{static_cast<std::uint32_t>(limits.head_size), static_cast<std::uint32_t>(limits.target_size),
               static_cast<std::uint32_t>(limits.field_count)},
          body{limits.body_size, static_cast<std::uint32_t>(limits.chunk_extensions),
               static_cast<std::uint32_t>(limits.trailer_size), static_cast<std::uint32_t>(limits.trailer_count)},
          body_pace{limits.body_idle, limits.minimum_rate, limits.minimum_rate_after},
          // A client may pause for as long as it may take nothing at all.
          send_pace{limits.write_idle, limits.minimum_rate, limits.write_idle}
    {
    }

    server_limits limits;
    duration      grace;
    head_limits   head;
    body_limits   body;
    pace::terms   body_pace;
    pace::terms   send_pace;
};

}  // namespace curfew::detail
