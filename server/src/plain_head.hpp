// The quick way through the head of an ordinary request.
#pragma once

#include "request_head.hpp"
#include "request_parser.hpp"

#include <cstddef>
#include <span>

namespace curfew::detail {

/// Reads the head of a request such as most clients send: HTTP/1.1, a path as its target, at most one Content-Length and one
/// Connection field with a single option, nothing that needs a second look.
///
/// It takes in one pass what `request_parser` would take through Beast's parser in three, and knows no errors: whatever is
/// not plain, incomplete or wrong is left to that one. So everything accepted here is accepted there, and means the same.
///
/// Returns: the size of the head; 0 if it has to be parsed the long way, and `head` and `table` then mean nothing.
[[nodiscard]] std::size_t read_plain_head(std::span<const char> bytes, const head_limits& limits,
                                          std::span<field_view> table, request_head& head) noexcept;

}  // namespace curfew::detail
