#include "call_budget.hpp"

#include "outgoing_head.hpp"

#include <curfew/deadline_header.hpp>

namespace curfew::detail {

std::optional<std::chrono::nanoseconds> budget_of(const context& ctx, const client_options& options, call_phase phase,
                                                  const std::string& origin)
{
    using namespace std::chrono;
    const auto left = ctx.remaining();
    if (!left) return std::nullopt;
    const auto budget   = outbound_timeout(*left);
    const bool can_tell = !options.deadline || !format_timeout(*options.deadline, budget).empty();
    if (budget > 0ns && can_tell) return budget;
    const auto us = duration_cast<microseconds>(*left).count();
    throw client_error(client_errc::insufficient_budget, phase, origin, std::to_string(us) + " us are left");
}

}  // namespace curfew::detail
