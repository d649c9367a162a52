// How long the other side of a call has.
#pragma once

#include <curfew/client_error.hpp>
#include <curfew/client_options.hpp>
#include <curfew/context.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace curfew::detail {

/// What can be told the other side: what is left of `ctx` now, less a reserve in which the answer travels back.
///
/// Returns: nothing if `ctx` has no deadline.
/// Errors:  `client_errc::insufficient_budget` if nothing is left, or less than the header can say.
std::optional<std::chrono::nanoseconds> budget_of(const context& ctx, const client_options& options, call_phase phase,
                                                  const std::string& origin);

}  // namespace curfew::detail
