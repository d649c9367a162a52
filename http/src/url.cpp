#include <curfew/url.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace curfew {

namespace urls = boost::urls;

namespace {

constexpr bool is_query_char(char c) noexcept
{
    return c > ' ' && c < 0x7f && c != '"' && c != '#' && c != '<' && c != '>';
}

constexpr auto path_chars = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        const auto ch = static_cast<char>(c);
        table[c] = is_query_char(ch) && ch != '\\' && ch != '`' && ch != '{' && ch != '}';
    }
    return table;
}();

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
    if (!target.starts_with('/'))
        return std::nullopt;
    std::size_t end = 0;
    bool encoded = false;
    for (; end != target.size() && target[end] != '?'; ++end) {
        if (!path_chars[static_cast<unsigned char>(target[end])])
            return std::nullopt;
        encoded |= target[end] == '%';
    }
    const auto path = target.substr(0, end);
    const auto query = target.substr(std::min(end + 1, target.size()));
    if (!std::ranges::all_of(query, is_query_char) || (encoded && !urls::make_pct_string_view(path)))
        return std::nullopt;
    return target_parts{path, query};
}

} // namespace curfew
