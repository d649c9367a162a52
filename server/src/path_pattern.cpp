#include "path_pattern.hpp"

#include "percent.hpp"

#include <algorithm>
#include <stdexcept>

namespace curfew::detail {
namespace {

[[noreturn]] void fail(std::string_view pattern, std::size_t position, std::string_view what)
{
    throw std::invalid_argument("path pattern '" + std::string(pattern) + "': " + std::string(what) + " at position " +
                                std::to_string(position));
}

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Reads `{name}` or `{name...}`, which fills the segment [begin, end) of `pattern`.
pattern_segment parse_parameter(std::string_view pattern, std::size_t begin, std::size_t end)
{
    const auto close = pattern.find('}', begin);
    if (close >= end)
        fail(pattern, begin, "'{' without '}'");
    if (close + 1 != end)
        fail(pattern, close + 1, "text after a parameter");

    auto name = pattern.substr(begin + 1, close - begin - 1);
    auto what = pattern_segment::kind::parameter;
    if (name.ends_with("...")) {
        if (end != pattern.size())
            fail(pattern, begin, "a '{name...}' that is not the last segment");
        what = pattern_segment::kind::rest;
        name.remove_suffix(3);
    }
    if (name.empty())
        fail(pattern, begin + 1, "a parameter without a name");
    for (std::size_t i = 0; i != name.size(); ++i)
    {
        if (!is_letter(name[i]) && (i == 0 || !is_digit(name[i])))
            fail(pattern, begin + 1 + i, "a character that cannot be in a parameter's name");
    }
    return {what, std::string(name)};
}

pattern_segment parse_literal(std::string_view pattern, std::size_t begin, std::size_t end)
{
    for (auto i = begin; i != end; ++i)
    {
        const auto c = pattern[i];
        if (c == '{' || c == '}')
            fail(pattern, i, "a parameter that does not fill its segment");
        if (c == '?' || c == '#' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f)
            fail(pattern, i, "a character that cannot be in a path");
    }

    std::string text;
    if (!append_decoded(pattern.substr(begin, end - begin), text))
        fail(pattern, begin, "a malformed percent-encoding");
    if (is_dot_segment(text))
        fail(pattern, begin, "a '.' or '..' segment, which no request reaches");
    return {pattern_segment::kind::literal, std::move(text)};
}

}  // namespace

std::vector<pattern_segment> parse_path_pattern(std::string_view text)
{
    if (text.empty() || text.front() != '/')
        fail(text, 0, "no '/'");

    std::vector<pattern_segment> segments;
    for (std::size_t begin = 1;;)
    {
        const auto end = std::min(text.find('/', begin), text.size());
        if (begin == end && end != text.size())
            fail(text, begin, "an empty segment");

        auto segment =
            begin != end && text[begin] == '{' ? parse_parameter(text, begin, end) : parse_literal(text, begin, end);
        const auto same_name = [&](const pattern_segment& other) {
            return other.what != pattern_segment::kind::literal && other.text == segment.text;
        };
        if (segment.what != pattern_segment::kind::literal && std::any_of(segments.begin(), segments.end(), same_name))
            fail(text, begin, "a parameter's name for the second time");
        segments.push_back(std::move(segment));

        if (end == text.size())
            return segments;
        begin = end + 1;
    }
}

}  // namespace curfew::detail
