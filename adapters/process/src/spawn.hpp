// Starts a program, with pipes to it and a descriptor that tells of its end.
#pragma once

#include "unique_fd.hpp"

#include <curfew/adapters/process/command.hpp>

#include <sys/types.h>

namespace curfew::process::detail {

/// What the parent has of a program that was started. The pipes do not block; those not asked for are empty.
struct spawned {
    pid_t     pid = 0;
    unique_fd end;     // a pidfd: readable once the program has ended
    unique_fd input;   // write here what it reads
    unique_fd output;  // read here what it writes
    unique_fd error_output;
};

/// Starts `what`. With `input`, there is a pipe to its standard input; else that is at its end.
///
/// Errors: throws `system_error` that names the program, or the directory if that is what is missing.
spawned spawn(const command& what, bool input);

}  // namespace curfew::process::detail
