#include <curfew/etag.hpp>

#include <curfew/detail/ascii.hpp>

#include <array>
#include <charconv>
#include <cstdint>

namespace curfew {

namespace {

// FNV-1a: std::hash may differ between builds, and all instances of a service have to agree.
std::uint64_t stable_hash(std::string_view content) noexcept
{
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : content)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

void append_hex(std::string& text, std::uint64_t number)
{
    std::array<char, 16> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    text.append(digits.data(), end);
}

struct entity_tag
{
    bool weak = false;
    std::string_view opaque; // with its quotes; empty if there is no well-formed tag
};

// Takes one tag off the front. A tag may hold commas, so the list cannot be split at them.
entity_tag take_tag(std::string_view& text) noexcept
{
    const bool weak = text.starts_with("W/");
    if (weak)
        text.remove_prefix(2);
    const auto close = text.starts_with('"') ? text.find('"', 1) : text.npos;
    if (close == text.npos)
        return {};
    const auto opaque = text.substr(0, close + 1);
    text.remove_prefix(close + 1);
    return {weak, opaque};
}

bool any_matches(std::string_view header, std::string_view etag, bool strongly) noexcept
{
    if (detail::trim(header) == "*")
        return true;

    const auto wanted = take_tag(etag);
    while (!wanted.opaque.empty()) {
        while (!header.empty() && (detail::is_space(header.front()) || header.front() == ','))
            header.remove_prefix(1);
        const auto tag = take_tag(header);
        if (tag.opaque.empty())
            break;
        if (tag.opaque == wanted.opaque && !(strongly && (tag.weak || wanted.weak)))
            return true;
    }
    return false;
}

} // namespace

std::string make_etag(std::string_view content)
{
    std::string tag = "\"";
    append_hex(tag, content.size());
    tag += '-';
    append_hex(tag, stable_hash(content));
    tag += '"';
    return tag;
}

bool if_none_match_matches(std::string_view header, std::string_view etag) noexcept
{
    return any_matches(header, etag, false);
}

bool if_match_matches(std::string_view header, std::string_view etag) noexcept
{
    return any_matches(header, etag, true);
}

} // namespace curfew
