// What this program's own operator new counts, and how it is made to fail. Not there in builds with a sanitizer.
#pragma once

#include <atomic>
#include <limits>

namespace curfew::counted_memory {

inline std::atomic<long> allocations{0};
inline std::atomic<long> live{0};
/// How many allocations succeed before one fails; after that one, all succeed again.
inline std::atomic<long> until_failure{std::numeric_limits<long>::max()};

}  // namespace curfew::counted_memory
