// What is to be run, and how.
#pragma once

#include <curfew/clock.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace curfew::process {

/// Where an output of a program goes.
enum class output_to {
    capture,  ///< To the caller.
    discard,  ///< To `/dev/null`.
    parent,   ///< To where the own output goes.
};

/// A program with its arguments and surroundings. No shell has a part in it: arguments arrive as they are.
///
/// Nothing but its three standard streams is open in it, its signals are at their defaults, and it leads a process group of
/// its own, to which signals are sent.
class command {
public:
    /// `program`: a path, or a name without a slash that is looked for in `PATH`. `arguments`: without the program's name.
    command(std::string program, std::vector<std::string> arguments = {});

    std::string              program;
    std::vector<std::string> arguments;
    /// `NAME=value` each. Default: the own environment.
    std::optional<std::vector<std::string>> environment;
    /// Where it starts. Default: the own working directory.
    std::string directory;
    /// What it reads; then comes the end. Not used by the form of `run` that takes a function. Default: nothing.
    std::string input;
    output_to   output       = output_to::capture;  ///< Default: `capture`.
    output_to   error_output = output_to::capture;  ///< Default: `capture`.
    /// A program that writes more is stopped (`errc::output_too_large`). Not used by the form of `run` that takes a
    /// function. Default: 16 MiB.
    std::size_t max_output = 16u << 20;
    /// What it writes to its error output beyond this is dropped. Default: 64 KiB.
    std::size_t max_error_output = 64u << 10;
    /// How long it may take to end after SIGTERM, before SIGKILL. Default: 2 s.
    duration grace = std::chrono::seconds(2);
};

}  // namespace curfew::process
