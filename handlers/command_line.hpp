// The command line.
#pragma once

#include "configuration.hpp"

#include <optional>
#include <string>

namespace demo {

/// What the program is asked to do.
enum class command {
    serve,
    print_config,
    healthcheck,
    print_text,  ///< `--help`, `--version`
};

struct command_line {
    demo::command              wanted = command::serve;
    std::string                text;    ///< What `print_text` prints.
    std::optional<std::string> config;  ///< Path of the configuration file.
    layer                      flags;
};

/// Reads the arguments of `main`. Errors: `usage_error`.
command_line read_command_line(int argc, const char* const* argv);

}  // namespace demo
