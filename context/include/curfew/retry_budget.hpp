// How many retries a downstream service is asked to stand.
#pragma once

#include <curfew/clock.hpp>

#include <mutex>

namespace curfew {

/// What a `retry_budget` allows.
class retry_budget_options {
public:
    retry_budget_options() {}

    /// Retries for each call. Default: 0.1, one for ten calls.
    double share = 0.1;
    /// Retries a second that are allowed in any case, so that a service that is called rarely is retried. Default: 1.
    double minimum = 1;
    /// How many unused retries are kept for later; there are that many at first. Default: 10.
    double reserve = 10;
};

/// Bounds the retries to one origin: a service that is down is not called several times as often for that.
///
/// Shared by all who call that origin. Each first attempt pays in a share of a retry, each retry takes one out.
/// Thread safety: distinct objects: safe. Shared objects: every member function is safe from any thread.
class retry_budget {
public:
    explicit retry_budget(retry_budget_options options = {});

    /// Notes a call, retried or not.
    void called(time_point now);
    /// Takes one retry. False if none is left: then the caller does without.
    bool take(time_point now);

private:
    void earn(double retries, time_point now);

    retry_budget_options options_;
    std::mutex           mutex_;
    double               left_;
    time_point           paid_until_ = time_point::min();
};

}  // namespace curfew
