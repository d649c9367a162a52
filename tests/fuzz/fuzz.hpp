// What every fuzz target needs: its entry point and a check that also holds in release builds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// libFuzzer and replay.cpp call this with one input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace curfew::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) noexcept
{
    return {reinterpret_cast<const char*>(data), size};
}

/// Lengths of the pieces that an input is cut into where no split may change what it means.
inline constexpr std::array<std::size_t, 3> piece_sizes{1, 2, 7};

/// Ends the process, and with it the fuzzer's run, if `holds` is false.
inline void require(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

} // namespace curfew::fuzz
