// The Date field of answers (RFC 9110 §6.6.1), made once a second.
#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

namespace curfew::detail {

/// Holds the field line of one second, such as `Date: Sun, 06 Nov 1994 08:49:37 GMT` and CR LF.
///
/// Distinct objects: safe. Shared objects: unsafe; each loop has its own.
class date_cache
{
public:
    /// Returns the line for now. Lifetime: until the next call.
    [[nodiscard]] std::string_view line() noexcept
    {
        // A clock that only counts seconds: it costs a quarter of what the exact one does.
        return line(std::chrono::sys_seconds(std::chrono::seconds(std::time(nullptr))));
    }

    [[nodiscard]] std::string_view line(std::chrono::sys_seconds now) noexcept
    {
        if (now != second_) {
            format(now);
        }
        return {text_.data(), text_.size()};
    }

private:
    void format(std::chrono::sys_seconds second) noexcept;

    std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
    std::array<char, 37> text_{};
};

}  // namespace curfew::detail
