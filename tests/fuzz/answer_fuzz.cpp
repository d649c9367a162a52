// Answers of other services: no split changes the outcome, content is never more than what came, and a connection is kept only
// behind an answer that ended by itself.
#include "fuzz.hpp"
#include "answer_reader.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace {

using namespace curfew;
using namespace curfew::detail;
using progress = answer_reader::progress;
using state    = answer_reader::piece::state;

struct outcome {
    std::string                wire;
    std::string                trailers;
    std::string                content;
    bool                       complete = false;
    bool                       keeps    = false;
    std::optional<client_errc> error;

    friend bool operator==(const outcome&, const outcome&) = default;
};

/// Reads `text` in pieces of `step` bytes, and its content in others.
outcome read(std::string_view text, std::size_t step, std::size_t takes, const client_limits& limits, method asked)
{
    outcome       result;
    answer_reader reader(limits, asked);
    const auto    feed = [&] {
        if (text.empty()) return reader.input_ended();
        const auto room = reader.room();
        fuzz::require(!room.empty(), "there is room");
        const auto size = std::min({room.size(), text.size(), step});
        std::copy_n(text.begin(), size, room.begin());
        text.remove_prefix(size);
        reader.received(size);
    };
    auto head = reader.read_head();
    for (; head == progress::want_more; head = reader.read_head()) feed();
    if (head == progress::failed) {
        result.error = reader.error();
        return result;
    }
    result.wire = reader.head().wire();
    std::string piece(takes, '\0');
    for (;;) {
        const auto got = reader.read_body(piece);
        result.content.append(piece, 0, got.size);
        if (got.what == state::want_more) {
            feed();
        } else if (got.what == state::failed) {
            result.error = reader.error();
            break;
        } else if (got.what == state::end) {
            break;
        }
    }
    result.complete = reader.done();
    result.keeps    = reader.done() && reader.keeps_connection() && text.empty();
    if (result.complete) result.trailers = reader.trailers().wire();
    return result;
}

void check(std::string_view text, const client_limits& limits, method asked)
{
    const auto whole = read(text, SIZE_MAX, 4096, limits, asked);
    for (const std::size_t step : fuzz::piece_sizes)
        fuzz::require(read(text, step, 1 + step * 2, limits, asked) == whole, "the same outcome");
    fuzz::require(whole.content.size() <= text.size(), "no more than what came");
    fuzz::require(whole.complete != whole.error.has_value(), "complete, or wrong");
    fuzz::require(asked != method::head || whole.content.empty(), "no content for HEAD");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::as_text(data, size);
    check(text, {}, curfew::method::get);
    check(text, {}, curfew::method::head);
    client_limits small;
    small.head_size   = 64;
    small.field_count = 2;
    check(text, small, curfew::method::get);
    return 0;
}
