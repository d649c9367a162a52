#include <curfew/retry.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <random>

namespace curfew {

bool retry_policy::is_transient(const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error&) {
        return true;
    } catch (...) {
        return false;
    }
}

namespace detail {

duration random_up_to(duration most)
{
    static thread_local std::minstd_rand              random(std::random_device{}());
    std::uniform_int_distribution<duration::rep> any(0, std::max(most, duration::zero()).count());
    return duration(any(random));
}

cancel_source attempt_context(const context_here& parent, duration timeout)
{
    return timeout > duration::zero() ? with_cancel(parent.ctx, timeout, "attempt", parent.where)
                                      : with_cancel(parent.ctx, "attempt", parent.where);
}

namespace {

/// Twice the first for each attempt after the first, up to the longest.
duration longest_pause_after(int attempt, const retry_policy& policy)
{
    duration pause = policy.first_pause;
    for (int i = 1; i < attempt && pause < policy.longest_pause; ++i) pause *= 2;
    return std::min(pause, policy.longest_pause);
}

/// Whoever awaits the call does not want it any more: no failure, and no end of a context.
bool is_aborted(const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return e.code() == boost::asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

std::optional<duration> pause_before_retry(const context& ctx, const retry_policy& policy, int attempt,
                                           const std::exception_ptr& error)
{
    if (attempt >= policy.attempts || ctx.done() || is_aborted(error) || !policy.retryable(error)) return std::nullopt;
    const auto pause     = policy.jitter(longest_pause_after(attempt, policy));
    const auto remaining = ctx.remaining();
    if (remaining && pause >= *remaining) return std::nullopt;
    if (policy.budget && !policy.budget->take(ctx.life().loop().now())) return std::nullopt;
    return pause;
}

}  // namespace detail

}  // namespace curfew
