#include "duration_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace demo {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct unit {
    std::string_view name;
    milliseconds     length;
};
constexpr std::array<unit, 4> units{{{"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}}};

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text)
{
    std::uint64_t count     = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{})
        return std::nullopt;

    const auto name = text.substr(static_cast<std::size_t>(end - text.data()));
    if (name.empty() && count == 0)
        return 0ms;
    for (const auto& unit : units) {
        if (name == unit.name && count <= static_cast<std::uint64_t>(milliseconds(24h) / unit.length))
            return static_cast<std::int64_t>(count) * unit.length;
    }
    return std::nullopt;
}

std::string format_duration(milliseconds time)
{
    for (const auto& unit : units) {
        if (time != 0ms && time % unit.length == 0ms)
            return std::to_string(time / unit.length).append(unit.name);
    }
    return "0s";
}

}  // namespace demo
