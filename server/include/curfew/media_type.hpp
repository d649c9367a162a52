// Content types that are known when the program is compiled.
#pragma once

#include <string_view>

namespace curfew {

/// Names a content type. Only a constant converts to it, so an answer's usual type costs no allocation.
class media_type {
public:
    constexpr media_type() noexcept = default;
    consteval media_type(const char* constant) : text_(constant) {}

    constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

namespace media_types {
inline constexpr media_type text{"text/plain; charset=utf-8"};
inline constexpr media_type html{"text/html; charset=utf-8"};
inline constexpr media_type json{"application/json"};
inline constexpr media_type problem{"application/problem+json"};
inline constexpr media_type event_stream{"text/event-stream"};
inline constexpr media_type bytes{"application/octet-stream"};
}  // namespace media_types

}  // namespace curfew
