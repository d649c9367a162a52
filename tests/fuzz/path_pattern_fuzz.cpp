// Path patterns and paths: the first line is the path, each further one a pattern. What the tree finds is what matching the
// patterns one by one finds, best first; no value holds a separator that was encoded, or a dot segment.
#include "fuzz.hpp"

#include "path_match.hpp"
#include "path_pattern.hpp"
#include "path_tree.hpp"
#include "percent.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace curfew::detail;
using kind    = pattern_segment::kind;
using pattern = std::vector<pattern_segment>;

std::string decoded(std::string_view segment)
{
    std::string text;
    curfew::fuzz::require(append_decoded(segment, text), "a checked path can be decoded");
    return text;
}

/// The rank of each segment, if `path`, cut at its slashes, matches: the lexically smallest one wins.
std::optional<std::vector<kind>> match_alone(const pattern& segments, const std::vector<std::string>& path)
{
    std::vector<kind> rank;
    for (std::size_t i = 0; i != segments.size(); ++i) {
        rank.push_back(segments[i].what);
        if (i == path.size())
            return std::nullopt;
        if (segments[i].what == kind::rest) {
            const bool dots = std::any_of(path.begin() + static_cast<std::ptrdiff_t>(i), path.end(), [](const auto& s) { return is_dot_segment(s); });
            return dots ? std::nullopt : std::optional(rank);
        }
        if (segments[i].what == kind::literal ? segments[i].text != path[i] : path[i].empty() || is_dot_segment(path[i]))
            return std::nullopt;
    }
    return segments.size() == path.size() ? std::optional(rank) : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto end = std::min(text.find(separator), text.size());
        pieces.push_back(text.substr(0, end));
        if (end == text.size())
            return pieces;
        text.remove_prefix(end + 1);
    }
}

void check_values(const pattern& segments, const path_match& match)
{
    std::size_t value = 0;
    for (const auto& segment : segments) {
        if (segment.what == kind::literal)
            continue;
        curfew::fuzz::require(value < match.size(), "a value for each parameter");
        for (const auto piece : split(match[value], '/'))
            curfew::fuzz::require(segment.what != kind::rest || !is_dot_segment(piece), "no dot segment in a rest");
        curfew::fuzz::require(segment.what != kind::parameter || !match[value].empty(), "no empty parameter");
        ++value;
    }
    curfew::fuzz::require(value == match.size(), "a parameter for each value");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto lines = split(curfew::fuzz::as_text(data, size), '\n');
    const auto path  = lines.front();

    path_tree            tree;
    std::vector<pattern> patterns;
    for (std::size_t i = 1; i != lines.size(); ++i) {
        try {
            auto parsed = parse_path_pattern(lines[i]);
            if (tree.insert(parsed, static_cast<path_tree::id>(patterns.size())) == patterns.size())
                patterns.push_back(std::move(parsed));
        } catch (const std::invalid_argument&) {
        }
    }
    path_match match;
    if (!path.starts_with('/'))
        return 0;
    const auto found = tree.find(path, match);
    if (!percent_encodings_valid(path)) {
        curfew::fuzz::require(found == path_tree::malformed, "a malformed path is told from others");
        return 0;
    }

    std::vector<std::string> segments;
    for (const auto piece : split(path.substr(1), '/'))
        segments.push_back(decoded(piece));

    std::optional<std::size_t>       best;
    std::optional<std::vector<kind>> best_rank;
    for (std::size_t i = 0; i != patterns.size(); ++i) {
        auto rank = match_alone(patterns[i], segments);
        if (rank && (!best_rank || *rank < *best_rank)) {
            best      = i;
            best_rank = std::move(rank);
        }
    }

    curfew::fuzz::require(best ? found == *best : found == path_tree::no_match, "the tree finds the best pattern");
    if (best)
        check_values(patterns[*best], match);
    else
        curfew::fuzz::require(match.size() == 0, "no match leaves no values");
    return 0;
}
