// Chunked bodies: no split changes the outcome, and what is accepted is what a decoder that has all the bytes accepts.
#include "fuzz.hpp"
#include "body_decoder.hpp"

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace {

using namespace curfew;
using namespace curfew::detail;

struct outcome
{
    std::string content;
    std::size_t used = 0;
    bool done        = false;
    std::optional<refusal> refused;

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome decode(std::string_view text, std::size_t step, const body_limits& limits)
{
    outcome result;
    request_head head;
    head.chunked = true;
    body_decoder decoder(head, limits);
    while (result.used < text.size() && !decoder.done() && !result.refused) {
        const body_piece piece = decoder.next(text.substr(result.used, step));
        result.content += piece.data;
        result.used += piece.used;
        result.refused = piece.refused;
    }
    result.done = decoder.done();
    return result;
}

std::optional<std::string_view> take_line(std::string_view& text)
{
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos || !std::ranges::all_of(text.substr(0, end), is_field_char)) {
        return std::nullopt;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
}

// Nothing if `text` is not exactly one chunked body.
std::optional<std::string> decode_plainly(std::string_view text)
{
    std::string content;
    for (std::size_t size = 1; size > 0;) {
        const auto line = take_line(text);
        if (!line || line->starts_with('-')) {
            return std::nullopt;
        }
        const auto digits = std::from_chars(line->data(), line->data() + line->size(), size, 16);
        const auto rest   = trim(line->substr(static_cast<std::size_t>(digits.ptr - line->data())));
        const bool bare   = digits.ptr == line->data() + line->size();
        if (digits.ec != std::errc{} || !(bare || rest.starts_with(';')) || text.size() < size + 2 * (size > 0)) {
            return std::nullopt;
        }
        content += text.substr(0, size);
        text.remove_prefix(size);
        if (size > 0 && take_line(text) != "") {
            return std::nullopt;
        }
    }
    for (;;) {
        auto line = take_line(text);
        if (!line) {
            return std::nullopt;
        }
        if (line->empty()) {
            return text.empty() ? std::optional(content) : std::nullopt;
        }
        if (line->find(':') == std::string_view::npos || !is_token(take_until(*line, ':'))) {
            return std::nullopt;
        }
    }
}

void check(std::string_view text, const body_limits& limits)
{
    const outcome whole = decode(text, text.size(), limits);
    for (const std::size_t step : fuzz::piece_sizes) {
        fuzz::require(decode(text, step, limits) == whole, "the same outcome");
    }
    fuzz::require(whole.content.size() <= limits.size, "within the limit");
    if (whole.done) {
        fuzz::require(decode_plainly(text.substr(0, whole.used)) == whole.content, "the same content");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    check(fuzz::as_text(data, size), {});
    check(fuzz::as_text(data, size), {.size = 20, .chunk_extensions = 10, .trailers = 30, .trailer_fields = 2});
    return 0;
}
