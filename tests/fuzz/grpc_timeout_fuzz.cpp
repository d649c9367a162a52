// The deadline codecs: no crash, nothing negative, and what is sent on is never more than what came in.
#include "fuzz.hpp"

#include <curfew/deadline_header.hpp>

#include <regex>
#include <string>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace curfew;
    using std::chrono::nanoseconds;
    const std::string value(fuzz::as_text(data, size));

    static const std::regex grpc("[0-9]{1,8}[HMSmun]");
    const auto timeout = parse_grpc_timeout(value);
    fuzz::require(timeout.has_value() == std::regex_match(value, grpc), "accepted exactly if the grammar accepts it");
    if (timeout) {
        fuzz::require(*timeout >= nanoseconds::zero() && *timeout <= longest_grpc_timeout, "within its bounds");
        const auto sent = parse_grpc_timeout(format_grpc_timeout(outbound_timeout(*timeout)));
        fuzz::require(sent && *sent <= *timeout, "a hop never adds time");
    }

    const auto milliseconds = parse_timeout_ms(value);
    if (milliseconds) {
        fuzz::require(value.find_first_not_of("0123456789") == value.npos, "digits only");
        fuzz::require(*milliseconds >= nanoseconds::zero() && *milliseconds <= longest_timeout_ms, "within its bounds");
        fuzz::require(parse_timeout_ms(format_timeout_ms(*milliseconds)) == milliseconds, "read back as what was written");
    }

    inbound_deadline deadline;
    deadline.read("grpc-timeout", value);
    deadline.read("x-request-timeout-ms", value);
    fuzz::require(deadline.timeout().has_value() == (timeout || milliseconds), "binds exactly if one is valid");
    fuzz::require(deadline.malformed() == 2u - timeout.has_value() - milliseconds.has_value(), "counts the others");
    return 0;
}
