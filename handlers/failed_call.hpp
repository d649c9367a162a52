// What a call that failed means for the client who waits for its result.
#pragma once

#include <curfew/client_error.hpp>
#include <curfew/context.hpp>
#include <curfew/http_error.hpp>

#include <string>

namespace demo {

/// Writes the whole story to the log, and makes the answer: 504 if time was what lacked, else 502, with what failed in
/// which phase.
curfew::http_error failed_call(const curfew::context& ctx, const std::string& what, const curfew::client_error& error);

}  // namespace demo
