// Asking a running service whether it is healthy.
#pragma once

#include <chrono>
#include <string>

namespace demo {

/// Gets `/healthz` from the service at `address` (`ADDR:PORT`, `[ADDR6]:PORT` or `unix:PATH`).
///
/// Errors: `std::runtime_error`, one line, if it does not answer 200 within `limit`.
void check_health(const std::string& address, std::chrono::milliseconds limit);

}  // namespace demo
