// Typed keys of the values that a context carries.
#pragma once

namespace curfew {

/// Whether a value may be shown in the live tree and in logs.
enum class visibility { hidden, shown };

/// Names a value of type `T` in a context. Two keys are equal if they are the same object.
///
/// Define each as `inline constexpr context_key<user_id> user_key{"user"};`, one `keys.hpp` per module.
/// Values are small, immutable and request-scoped; they are no way to pass optional parameters.
template <class T>
class context_key {
public:
    constexpr explicit context_key(const char* name, visibility shown = visibility::hidden) noexcept
        : name_(name), shown_(shown)
    {
    }
    context_key(const context_key&)            = delete;
    context_key& operator=(const context_key&) = delete;

    constexpr const char* name() const noexcept { return name_; }
    constexpr visibility  shown() const noexcept { return shown_; }

private:
    const char* name_;
    visibility  shown_;
};

}  // namespace curfew
