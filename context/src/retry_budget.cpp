#include <curfew/retry_budget.hpp>

#include <algorithm>
#include <chrono>

namespace curfew {

retry_budget::retry_budget(retry_budget_options options) : options_(options), left_(options.reserve) {}

void retry_budget::earn(double retries, time_point now)
{
    if (paid_until_ != time_point::min() && now > paid_until_)
        retries += options_.minimum * std::chrono::duration<double>(now - paid_until_).count();
    paid_until_ = std::max(paid_until_, now);
    left_       = std::min(left_ + retries, options_.reserve);
}

void retry_budget::called(time_point now)
{
    std::lock_guard lock(mutex_);
    earn(options_.share, now);
}

bool retry_budget::take(time_point now)
{
    std::lock_guard lock(mutex_);
    earn(0, now);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
}

}  // namespace curfew
