// Content types that are known when the program is compiled.
#pragma once

#include <string_view>

namespace curfew {

/// Names a content type. Only a constant converts to it, so an answer's usual type costs no allocation.
class content_type {
public:
    constexpr content_type() noexcept = default;
    consteval content_type(const char* constant) : text_(constant) {}

    constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

namespace content_types {
inline constexpr content_type text{"text/plain; charset=utf-8"};
inline constexpr content_type html{"text/html; charset=utf-8"};
inline constexpr content_type json{"application/json"};
inline constexpr content_type problem{"application/problem+json"};
inline constexpr content_type event_stream{"text/event-stream"};
inline constexpr content_type bytes{"application/octet-stream"};
}  // namespace content_types

}  // namespace curfew
