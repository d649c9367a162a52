// The decisions of a retry.
#pragma once

#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/context_here.hpp>

#include <exception>
#include <optional>

namespace curfew {
class retry_policy;
}

namespace curfew::detail {

/// A random duration from zero up to `most`.
duration random_up_to(duration most);

/// Derives the context of one attempt. `timeout`: zero for none.
cancel_source attempt_context(const context_here& parent, duration timeout);

/// How long to wait after the attempt with this number has failed; empty if there is to be no other.
std::optional<duration> pause_before_retry(const context& ctx, const retry_policy& policy, int attempt,
                                           const std::exception_ptr& error);

}  // namespace curfew::detail
