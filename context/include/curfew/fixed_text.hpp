// A short text of bounded length that owns its characters and never allocates.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace curfew {

/// Holds up to `Capacity` characters in place.
///
/// What formatting functions on the hot path return: the caller copies it where it is needed, nothing is allocated.
/// Appending beyond `Capacity` is a broken precondition; whoever formats into it knows the longest result.
///
/// Lifetime: the view points into the object; a view of a temporary ends with the full expression.
template <std::size_t Capacity>
class fixed_text
{
public:
    constexpr fixed_text() noexcept {} // leaves the characters as they are: they would be written twice

    constexpr void push_back(char c) noexcept { chars_[size_++] = c; }

    constexpr void append(std::string_view text) noexcept
    {
        std::copy_n(text.data(), text.size(), chars_ + size_);
        size_ += text.size();
    }

    /// Makes room for `count` characters at the end. Returns: where the caller is to put them.
    [[nodiscard]] constexpr char* extend(std::size_t count) noexcept
    {
        char* const begin = chars_ + size_;
        size_ += count;
        return begin;
    }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_, size_}; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    constexpr operator std::string_view() const noexcept { return view(); }

    friend constexpr bool operator==(const fixed_text& a, std::string_view b) noexcept { return a.view() == b; }

private:
    char chars_[Capacity];
    std::size_t size_ = 0;
};

} // namespace curfew
