// A computation that takes a while and can be told to stop.
#pragma once

#include <curfew/context.hpp>

#include <cstdint>

namespace demo {

/// Counts the prime numbers below `end`, one division after the other.
///
/// Errors:       `context_error` once `ctx` has ended.
/// Cancellation: looked at before each thousand numbers, on whatever thread it runs.
std::uint64_t count_primes(const curfew::context& ctx, std::uint64_t end);

}  // namespace demo
