// Feeds a request head to the parser, whole or byte by byte, and keeps what its views point to.
#pragma once

#include "request_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace curfew::detail {

struct parsed_head
{
    std::vector<char> bytes;
    std::vector<field_view> table;
    request_head head;
    parse_result result;

    [[nodiscard]] bool accepted() const { return result.state == parse_state::done; }
    [[nodiscard]] bool incomplete() const { return result.state == parse_state::need_more; }
};

inline constexpr std::size_t all_at_once = std::numeric_limits<std::size_t>::max();

/// Offers `text` to a parser `step` bytes at a time, in a new place each time, until it has an opinion.
inline parsed_head parse_head(std::string_view text, std::size_t step = all_at_once, const head_limits& limits = {})
{
    parsed_head parsed;
    parsed.table.resize(limits.fields);
    request_parser parser(limits);
    for (std::size_t received = 0; parsed.incomplete() && received < text.size();) {
        received += std::min(step, text.size() - received);
        parsed.bytes  = std::vector<char>(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(received));
        parsed.result = parser.parse(parsed.bytes, parsed.table, parsed.head);
    }
    return parsed;
}

}  // namespace curfew::detail
