#include "upload_framing.hpp"

#include <charconv>

namespace curfew::detail {

std::optional<std::string> upload_framing::frame(std::string_view piece)
{
    std::string framed;
    if (left_) {
        if (piece.size() > *left_) return std::nullopt;
        *left_ -= piece.size();
        return framed.append(piece);
    }
    char       digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, piece.size(), 16).ptr;
    framed.reserve(piece.size() + 24);
    framed.append(digits, end).append("\r\n").append(piece).append("\r\n");
    return framed;
}

std::optional<std::string> upload_framing::finish() const
{
    if (!left_) return "0\r\n\r\n";
    if (*left_ != 0) return std::nullopt;
    return std::string();
}

}  // namespace curfew::detail
