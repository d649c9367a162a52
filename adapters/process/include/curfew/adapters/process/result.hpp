// What a program left behind.
#pragma once

#include <curfew/adapters/process/exit_status.hpp>

#include <string>
#include <utility>

namespace curfew::process {

/// How a program ended, and what it wrote as far as that was captured.
class result {
public:
    result() noexcept {}
    result(exit_status how, std::string out, std::string err) noexcept
        : status(how), output(std::move(out)), error_output(std::move(err))
    {
    }

    exit_status status;
    std::string output;
    std::string error_output;
};

}  // namespace curfew::process
