#include "percent.hpp"

namespace curfew::detail {
namespace {

int hex_value(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const auto lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte that the `%` at `position` encodes; negative if it is malformed or a NUL.
int encoded_byte(std::string_view text, std::size_t position) noexcept
{
    if (text.size() - position < 3)
        return -1;
    const auto high = hex_value(text[position + 1]);
    const auto low  = hex_value(text[position + 2]);
    const auto byte = high < 0 || low < 0 ? -1 : high * 16 + low;
    return byte == 0 ? -1 : byte;
}

bool decode(std::string_view text, std::string& out, bool slash_stays)
{
    for (std::size_t i = 0; i != text.size(); ++i)
    {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const auto byte = encoded_byte(text, i);
        if (byte < 0)
            return false;
        if (slash_stays && byte == '/')
            out.append(text, i, 3);
        else
            out.push_back(static_cast<char>(byte));
        i += 2;
    }
    return true;
}

}  // namespace

bool percent_encodings_valid(std::string_view text) noexcept
{
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 3))
    {
        if (encoded_byte(text, at) < 0)
            return false;
    }
    return true;
}

bool append_decoded(std::string_view text, std::string& out)
{
    return decode(text, out, false);
}

bool append_decoded_but_slash(std::string_view text, std::string& out)
{
    return decode(text, out, true);
}

}  // namespace curfew::detail
