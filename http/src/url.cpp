#include <curfew/url.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>

namespace curfew {

namespace urls = boost::urls;

namespace {

constexpr bool is_query_char(char c) noexcept
{
    return c > ' ' && c < 0x7f && c != '"' && c != '#' && c != '<' && c != '>';
}

constexpr bool is_path_char(char c) noexcept
{
    return is_query_char(c) && c != '\\' && c != '`' && c != '{' && c != '}';
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text)
{
    const auto encoded = urls::make_pct_string_view(text);
    if (!encoded)
        return std::nullopt;
    return encoded->decode();
}

std::string percent_encode(std::string_view text)
{
    return urls::encode(text, urls::unreserved_chars);
}

std::optional<target_parts> split_target(std::string_view target) noexcept
{
    const auto mark = target.find('?');
    const auto path = target.substr(0, mark);
    const auto query = mark == target.npos ? std::string_view() : target.substr(mark + 1);
    if (!path.starts_with('/') || !std::ranges::all_of(path, is_path_char) || !std::ranges::all_of(query, is_query_char) ||
        !urls::make_pct_string_view(path))
        return std::nullopt;
    return target_parts{path, query};
}

} // namespace curfew
