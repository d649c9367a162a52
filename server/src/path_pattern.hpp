// A path pattern such as `/notes/{id}` or `/files/{rest...}`, checked and split into segments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace curfew::detail {

struct pattern_segment {
    enum class kind : unsigned char
    {
        literal,    ///< `notes`: matches this text
        parameter,  ///< `{id}`: matches one segment that is not empty
        rest,       ///< `{path...}`: matches what is left of the path, slashes included, possibly nothing
    };

    kind what;
    std::string text;  ///< the literal, percent-decoded, or the parameter's name
};

/// Parses `text` into segments.
///
/// A pattern begins with `/`. A parameter fills a whole segment, its name is an identifier and occurs once; `{name...}` comes
/// last. Literals may be percent-encoded. Empty segments are refused, except the last one: `/notes/` and `/notes` differ.
///
/// Errors: `std::invalid_argument`, naming the pattern and the position at which it went wrong.
std::vector<pattern_segment> parse_path_pattern(std::string_view text);

}  // namespace curfew::detail
