// parse_traceparent: no crash, and what it accepts is what the grammar, written once more as a pattern, accepts.
#include "fuzz.hpp"

#include <curfew/trace_context.hpp>

#include <regex>
#include <string>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace curfew;
    const std::string value(fuzz::as_text(data, size));
    const auto parsed = parse_traceparent(value);

    static const std::regex ids("[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    const bool later = !value.starts_with("00") && value.size() > 55;
    const bool valid = std::regex_match(value.substr(0, 55), ids) && !value.starts_with("ff") &&
                       (value.size() == 55 || (later && value[55] == '-'));
    fuzz::require(parsed.has_value() == valid, "accepted exactly if the grammar accepts it");

    if (parsed) {
        const auto text = parsed->traceparent();
        fuzz::require(text.view().substr(0, 3) == "00-", "forwarded as version 00");
        fuzz::require(text.view().substr(3, 50) == value.substr(3, 50), "forwarded with the same ids");
        fuzz::require(parse_traceparent(text) == parsed, "read back as what was written");
    }
    return 0;
}
