// Request targets and queries: no crash, accepted parts hold no byte that could end a line, and codings invert.
#include "fuzz.hpp"

#include <curfew/query.hpp>
#include <curfew/url.hpp>

#include <algorithm>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace curfew;
    const auto text = fuzz::as_text(data, size);

    if (const auto parts = split_target(text)) {
        fuzz::require(parts->path.starts_with('/'), "a path begins with a slash");
        fuzz::require(percent_decode(parts->path).has_value(), "a path can be decoded");
        fuzz::require(std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '#'; }), "visible ASCII");
        fuzz::require(parts->path.size() + parts->query.size() + (text.find('?') != text.npos) == text.size(), "nothing lost");
    }

    fuzz::require(percent_decode(percent_encode(text)) == text, "decoding inverts encoding");
    if (const auto query = parse_query(text)) {
        const auto again = parse_query(format_query(*query));
        fuzz::require(again && std::ranges::equal(*again, *query), "a query is read back as what was written");
    }
    return 0;
}
