// What can be told of a request whose head is refused.
#pragma once

#include "request_head.hpp"

#include <cstddef>
#include <string_view>

namespace curfew::detail {

/// Reads the first line of a head that nobody will route: method, target, path and query, each if it is well formed.
///
/// For the record of a refusal only. A target longer than `max_target` is left out, too.
///
/// `bytes`:  what has come of the head, which may begin with an empty line.
/// Lifetime: the result refers to `bytes`.
[[nodiscard]] request_head read_request_line(std::string_view bytes, std::size_t max_target);

}  // namespace curfew::detail
