// What is still alive on a loop, in lines that name where each thing was made.
#pragma once

#include <string>

namespace curfew::detail {
class loop;
class node;
}  // namespace curfew::detail

namespace curfew::testing {

/// Describes contexts, operations, coroutines and callbacks under `root`, indented by what keeps what; what outlived a
/// request on purpose; armed timers; and leases. Empty if there is none.
std::string describe_leaks(curfew::detail::loop& on, curfew::detail::node& root);

}  // namespace curfew::testing
