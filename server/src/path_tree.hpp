// Finds the pattern that a request's path matches.
#pragma once

#include "path_match.hpp"
#include "path_pattern.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::detail {

/// A tree of path segments; each pattern's end carries the number it was inserted with.
///
/// Segment by segment, from the left, a literal is tried before a parameter and a parameter before a rest; if that leads
/// nowhere the next one is tried, so a pattern that matches is always found. A node is visited at most once per lookup.
/// A path without parameters is looked up as a whole first: by the order above nothing can win over it.
///
/// The request's path is cut at its `/` first and decoded after, so `%2F` never separates segments; in the value of a rest,
/// where a decoded one would look like a separator, it stays encoded. No parameter and no rest matches a `.` or `..` segment,
/// encoded or not: a handler that serves files from `{path...}` cannot be led out of its directory.
///
/// Thread safety: distinct objects safe; shared objects safe for `find` only.
class path_tree {
public:
    using id = std::uint32_t;

    static constexpr id no_match  = UINT32_MAX;
    static constexpr id malformed = UINT32_MAX - 1;  ///< A percent-encoding in the path is not valid.

    /// Adds a pattern, or finds the one of the same shape (names of parameters aside) that is there.
    ///
    /// Returns: the number of the pattern that was there, else `value`.
    id insert(const std::vector<pattern_segment>& pattern, id value);

    /// Looks `path` up and leaves its parameters in `match`.
    ///
    /// Preconditions: `path` begins with `/`.
    /// Returns:       the number of its pattern, or `no_match`, or `malformed`.
    /// Lifetime:      the parameters are views into `path` and `match`.
    id find(std::string_view path, path_match& match) const;

private:
    using entry = std::pair<std::string, id>;

    struct node {
        std::vector<entry> literals;  // sorted by length, then text: most comparisons see the length only
        id                 parameter = no_match;
        id                 here      = no_match;  // the pattern that ends here
        id                 rest      = no_match;  // the pattern that ends here with a rest
    };

    void remember_whole(const std::vector<pattern_segment>& pattern, id value);
    id   find_whole(std::string_view path) const noexcept;

    id literal_child_or_new(id at, const std::string& text);

    template <bool Encoded>
    id walk(id at, std::string_view path, path_match& match) const;

    std::vector<std::vector<entry>> whole_ = {};  // paths without parameters, by length; sorted
    std::vector<node>               nodes_ = std::vector<node>(1);
};

}  // namespace curfew::detail
