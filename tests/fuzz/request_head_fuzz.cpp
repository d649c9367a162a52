// Request heads: no split changes the outcome, and what is accepted is what a second, plain reading of RFC 9112 accepts.
#include "fuzz.hpp"
#include "request_parser.hpp"

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace curfew;
using namespace curfew::detail;

struct outcome
{
    std::vector<char> bytes;
    std::vector<field_view> table = std::vector<field_view>(128);
    request_head head;
    parse_result result;
};

outcome parse(std::string_view text, std::size_t step, const head_limits& limits)
{
    outcome parsed;
    request_parser parser(limits);
    for (std::size_t received = 0; received < text.size() && parsed.result.state == parse_state::need_more;) {
        received += std::min(step, text.size() - received);
        const std::string_view arrived = text.substr(0, received);
        parsed.bytes.assign(arrived.begin(), arrived.end());
        parsed.result = parser.parse(parsed.bytes, parsed.table, parsed.head);
    }
    return parsed;
}

bool same(const request_head& a, const request_head& b)
{
    return a.method == b.method && a.version == b.version && a.target == b.target && a.path == b.path && a.query == b.query &&
           a.authority == b.authority && a.content_length == b.content_length && a.chunked == b.chunked &&
           a.keep_alive == b.keep_alive && a.expect_continue == b.expect_continue && a.upgrade == b.upgrade &&
           std::ranges::equal(a.fields, b.fields,
                              [](const field_view& x, const field_view& y) { return x.name == y.name && x.value == y.value; });
}

std::string_view take_line(std::string_view& text)
{
    const std::size_t end       = text.find("\r\n");
    fuzz::require(end != std::string_view::npos, "lines end in CR LF");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
}

// Reads an accepted head again, line by line.
void check_grammar(std::string_view text, const request_head& head)
{
    if (text.starts_with("\r\n")) {
        text.remove_prefix(2);
    }
    std::string_view line  = take_line(text);
    const std::string_view method_name = take_until(line, ' ');
    const std::string_view target      = take_until(line, ' ');
    fuzz::require(parse_method(method_name) == head.method && head.method != method::unknown, "a known method");
    fuzz::require(target == head.target && !target.empty(), "the target");
    fuzz::require(std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f; }), "visible ASCII");
    fuzz::require(target.find_first_of("#\"<>") == std::string_view::npos, "no byte that must be escaped");
    fuzz::require(line.size() == 8 && line.starts_with("HTTP/1.") && is_digit(line[7]), "the version");
    fuzz::require((line[7] == '0') == (head.version == 10), "the minor version");

    std::size_t hosts   = 0;
    std::size_t lengths = 0;
    std::size_t codings = 0;
    for (const field_view& field : head.fields) {
        std::string_view value      = take_line(text);
        const std::string_view name = take_until(value, ':');
        fuzz::require(is_token(name) && name == field.name, "a field name");
        fuzz::require(std::ranges::all_of(value, is_field_char) && trim(value) == field.value, "a field value");
        hosts += iequals(name, "host");
        if (iequals(name, "content-length")) {
            ++lengths;
            fuzz::require(!field.value.empty() && std::ranges::all_of(field.value, is_digit), "digits");
        }
        if (iequals(name, "transfer-encoding")) {
            ++codings;
            fuzz::require(iequals(field.value, "chunked"), "chunked only");
        }
    }
    fuzz::require(take_line(text).empty(), "the empty line");
    fuzz::require(text.empty(), "nothing behind it");
    fuzz::require(head.version == 10 ? hosts <= 1 && codings == 0 : hosts == 1, "one host");
    fuzz::require(lengths + codings <= 1, "one length");
    fuzz::require(head.chunked == (codings == 1) && head.content_length.has_value() == (lengths == 1), "the framing");
}

void check(std::string_view text, const head_limits& limits)
{
    const outcome whole = parse(text, text.size(), limits);
    for (const std::size_t step : fuzz::piece_sizes) {
        const outcome pieces = parse(text, step, limits);
        fuzz::require(pieces.result.state == whole.result.state, "the same state");
        fuzz::require(pieces.result.why == whole.result.why, "the same refusal");
        fuzz::require(pieces.result.consumed == whole.result.consumed, "the same length");
        fuzz::require(whole.result.state != parse_state::done || same(pieces.head, whole.head), "the same head");
    }
    if (whole.result.state == parse_state::done) {
        fuzz::require(whole.head.target.size() <= limits.target && whole.head.fields.size() <= limits.fields,
                      "within the limits");
        check_grammar(text.substr(0, whole.result.consumed), whole.head);
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    check(fuzz::as_text(data, size), {});
    check(fuzz::as_text(data, size), {.size = 200, .target = 40, .fields = 3});
    return 0;
}
