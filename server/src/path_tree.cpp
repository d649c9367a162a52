#include "path_tree.hpp"

#include "percent.hpp"

#include <algorithm>
#include <cstring>

namespace curfew::detail {
namespace {

using entry = std::pair<std::string, path_tree::id>;

/// Orders by length, then text.
int compare(const entry& child, std::string_view text) noexcept
{
    if (child.first.size() != text.size())
        return child.first.size() < text.size() ? -1 : 1;
    return std::memcmp(child.first.data(), text.data(), text.size());
}

std::vector<entry>::const_iterator first_not_before(const std::vector<entry>& sorted, std::string_view text) noexcept
{
    return std::lower_bound(sorted.begin(), sorted.end(), text, [](const entry& e, std::string_view t) { return compare(e, t) < 0; });
}

path_tree::id find_in(const std::vector<entry>& sorted, std::string_view text) noexcept
{
    auto* from = sorted.data();
    for (auto count = sorted.size(); count != 0;) {
        const auto half  = count / 2;
        const auto order = compare(from[half], text);
        if (order == 0)
            return from[half].second;
        from  = order < 0 ? from + half + 1 : from;
        count = order < 0 ? count - half - 1 : half;
    }
    return path_tree::no_match;
}

/// Decodes `segment`, if it needs that, to the end of `decoded`, which has the capacity.
std::string_view decode_segment(std::string_view segment, std::string& decoded)
{
    if (segment.find('%') == segment.npos)
        return segment;
    const auto begin = decoded.size();
    append_decoded(segment, decoded);
    return std::string_view(decoded).substr(begin);
}

/// Decodes each segment of `path` and leaves its encoded slashes encoded. False if there is a dot segment.
bool decode_rest(std::string_view path, std::string& decoded)
{
    for (;;)
    {
        const auto slash = std::min(path.find('/'), path.size());
        const auto begin = decoded.size();
        append_decoded_but_slash(path.substr(0, slash), decoded);
        if (is_dot_segment(std::string_view(decoded).substr(begin)))
            return false;
        if (slash == path.size())
            return true;
        decoded.push_back('/');
        path.remove_prefix(slash + 1);
    }
}

bool has_dot_segment(std::string_view path)
{
    for (;;)
    {
        const auto slash = std::min(path.find('/'), path.size());
        if (is_dot_segment(path.substr(0, slash)))
            return true;
        if (slash == path.size())
            return false;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

path_tree::id path_tree::literal_child_or_new(id at, const std::string& text)
{
    if (const auto child = find_in(nodes_[at].literals, text); child != no_match)
        return child;
    const auto created = static_cast<id>(nodes_.size());
    nodes_.emplace_back();
    auto& literals = nodes_[at].literals;
    literals.emplace(first_not_before(literals, text), text, created);
    return created;
}

/// Keeps a path without parameters for `find_whole`, unless there are ways to write it with percent-encoding only.
void path_tree::remember_whole(const std::vector<pattern_segment>& pattern, id value)
{
    std::string path;
    for (const auto& segment : pattern) {
        if (segment.what != pattern_segment::kind::literal || segment.text.find_first_of("/%") != std::string::npos)
            return;
        path.append("/").append(segment.text);
    }
    if (whole_.size() <= path.size())
        whole_.resize(path.size() + 1);
    auto& same_length = whole_[path.size()];
    same_length.emplace(first_not_before(same_length, path), path, value);
}

path_tree::id path_tree::find_whole(std::string_view path) const noexcept
{
    return path.size() < whole_.size() ? find_in(whole_[path.size()], path) : no_match;
}

path_tree::id path_tree::insert(const std::vector<pattern_segment>& pattern, id value)
{
    id at = 0;
    for (const auto& segment : pattern) {
        if (segment.what == pattern_segment::kind::rest) {
            auto& end = nodes_[at].rest;
            return end = end == no_match ? value : end;
        }
        if (segment.what == pattern_segment::kind::literal) {
            at = literal_child_or_new(at, segment.text);
            continue;
        }
        if (nodes_[at].parameter == no_match) {
            nodes_.emplace_back();
            nodes_[at].parameter = static_cast<id>(nodes_.size() - 1);
        }
        at = nodes_[at].parameter;
    }
    auto& end = nodes_[at].here;
    if (end == no_match) {
        end = value;
        remember_whole(pattern, value);
    }
    return end;
}

path_tree::id path_tree::find(std::string_view path, path_match& match) const
{
    match.clear();
    if (const auto found = find_whole(path); found != no_match)
        return found;
    if (path.find('%') == path.npos)
        return walk<false>(0, path, match);
    if (!percent_encodings_valid(path))
        return malformed;

    match.decoded().clear();
    match.decoded().reserve(path.size());  // decoding never makes text longer: views into it stay valid
    return walk<true>(0, path, match);
}

/// Matches `path`, which is empty or begins with `/`, below the node `at`.
template <bool Encoded>
path_tree::id path_tree::walk(id at, std::string_view path, path_match& match) const
{
    const auto& here = nodes_[at];
    if (path.empty())
        return here.here;

    path.remove_prefix(1);
    const auto slash   = std::min(path.find('/'), path.size());
    const auto tail    = path.substr(slash);
    const auto mark    = match.decoded().size();
    auto       segment = path.substr(0, slash);
    if constexpr (Encoded)
        segment = decode_segment(segment, match.decoded());

    if (const auto child = find_in(here.literals, segment); child != no_match) {
        if (const auto found = walk<Encoded>(child, tail, match); found != no_match)
            return found;
    }
    if (here.parameter != no_match && !segment.empty() && !is_dot_segment(segment)) {
        match.push(segment);
        if (const auto found = walk<Encoded>(here.parameter, tail, match); found != no_match)
            return found;
        match.pop();
    }
    if constexpr (Encoded)
        match.decoded().resize(mark);
    if (here.rest == no_match)
        return no_match;

    if (!Encoded) {
        if (has_dot_segment(path))
            return no_match;
        match.push(path);
        return here.rest;
    }
    if (!decode_rest(path, match.decoded())) {
        match.decoded().resize(mark);
        return no_match;
    }
    match.push(std::string_view(match.decoded()).substr(mark));
    return here.rest;
}

}  // namespace curfew::detail
