#include "path_tree.hpp"

#include "percent.hpp"

#include <algorithm>

namespace curfew::detail {
namespace {

struct shorter_or_less {
    bool operator()(const std::pair<std::string, path_tree::id>& child, std::string_view text) const noexcept
    {
        return child.first.size() != text.size() ? child.first.size() < text.size() : child.first < text;
    }
};

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

const path_tree::id* path_tree::literal_child(const node& at, std::string_view text) const noexcept
{
    const auto found = std::lower_bound(at.literals.begin(), at.literals.end(), text, shorter_or_less());
    return found != at.literals.end() && found->first == text ? &found->second : nullptr;
}

path_tree::id path_tree::literal_child_or_new(id at, const std::string& text)
{
    if (const auto* child = literal_child(nodes_[at], text))
        return *child;
    const auto created = static_cast<id>(nodes_.size());
    nodes_.emplace_back();
    auto& literals = nodes_[at].literals;
    literals.emplace(std::lower_bound(literals.begin(), literals.end(), std::string_view(text), shorter_or_less()), text, created);
    return created;
}

path_tree::id path_tree::insert(const std::vector<pattern_segment>& pattern, id value)
{
    id at = 0;
    for (const auto& segment : pattern) {
        if (segment.what == pattern_segment::kind::rest) {
            auto& end = nodes_[at].rest;
            return end = end == none ? value : end;
        }
        if (segment.what == pattern_segment::kind::literal) {
            at = literal_child_or_new(at, segment.text);
            continue;
        }
        if (nodes_[at].parameter == none) {
            nodes_.emplace_back();
            nodes_[at].parameter = static_cast<id>(nodes_.size() - 1);
        }
        at = nodes_[at].parameter;
    }
    auto& end = nodes_[at].here;
    return end = end == none ? value : end;
}

std::optional<path_tree::id> path_tree::find(std::string_view path, path_match& match) const
{
    match.clear();
    auto found = none;
    if (path.find('%') == path.npos) {
        found = walk<false>(0, path, match);
    } else {
        match.decoded().clear();
        match.decoded().reserve(path.size());  // decoding never makes text longer: views into it stay valid
        found = walk<true>(0, path, match);
    }
    return found == none ? std::nullopt : std::optional(found);
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

    if (const auto* child = literal_child(here, segment)) {
        if (const auto found = walk<Encoded>(*child, tail, match); found != none)
            return found;
    }
    if (here.parameter != none && !segment.empty() && !is_dot_segment(segment)) {
        match.push(segment);
        if (const auto found = walk<Encoded>(here.parameter, tail, match); found != none)
            return found;
        match.pop();
    }
    if constexpr (Encoded)
        match.decoded().resize(mark);
    if (here.rest == none)
        return none;

    if (!Encoded) {
        if (has_dot_segment(path))
            return none;
        match.push(path);
        return here.rest;
    }
    if (!decode_rest(path, match.decoded())) {
        match.decoded().resize(mark);
        return none;
    }
    match.push(std::string_view(match.decoded()).substr(mark));
    return here.rest;
}

}  // namespace curfew::detail
