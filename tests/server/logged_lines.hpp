// The lines of the library's log, kept for a test.
#pragma once

#include <curfew/log.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::testing {

/// Has whatever is logged while it lives; of one thread.
class logged_lines {
public:
    logged_lines()
    {
        log_options options;
        options.sink = [this](std::string_view line) { lines.emplace_back(line); };
        configure_log(std::move(options));
    }
    logged_lines(const logged_lines&)            = delete;
    logged_lines& operator=(const logged_lines&) = delete;
    ~logged_lines() { configure_log({}); }

    std::vector<std::string> lines;
};

}  // namespace curfew::testing
