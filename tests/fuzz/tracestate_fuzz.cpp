// normalize_tracestate: no crash, and its result is within the limits and stays as it is when normalized again.
#include "fuzz.hpp"

#include <curfew/trace_context.hpp>

#include <algorithm>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace curfew;
    const auto list = normalize_tracestate(fuzz::as_text(data, size));
    if (!list)
        return 0;

    fuzz::require(list->size() <= 512, "at most 512 characters");
    fuzz::require(std::ranges::count(*list, ',') < 32, "at most 32 members");
    fuzz::require(std::ranges::all_of(*list, [](char c) { return c >= ' ' && c < 0x7f; }), "printable ASCII");
    fuzz::require(normalize_tracestate(*list) == list, "normal already");
    return 0;
}
