// Where a path's match leaves its parameters: no allocation for up to four, nor for paths without percent-encoding.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace curfew::detail {

/// The values of a match, in the order of the pattern's parameters.
///
/// They are views into the path that was matched or, where they had to be decoded, into this object; it is neither copied nor
/// moved. It is reused: what it allocated for one match serves the next.
class path_match {
public:
    path_match() = default;
    path_match(const path_match&) = delete;
    path_match& operator=(const path_match&) = delete;

    std::size_t size() const noexcept { return size_; }
    std::string_view operator[](std::size_t i) const noexcept { return i < inline_size ? few_[i] : more_[i - inline_size]; }

    void clear() noexcept
    {
        size_ = 0;
        more_.clear();
    }

    void push(std::string_view value)
    {
        if (size_ < inline_size)
            few_[size_] = value;
        else
            more_.push_back(value);
        ++size_;
    }

    void pop() noexcept
    {
        if (--size_ >= inline_size)
            more_.pop_back();
    }

    /// Decoded text. The matcher reserves it before it takes a view, and shortens it where it goes back.
    std::string& decoded() noexcept { return decoded_; }

private:
    static constexpr std::size_t inline_size = 4;

    std::array<std::string_view, inline_size> few_;
    std::vector<std::string_view> more_;
    std::size_t size_ = 0;
    std::string decoded_;
};

}  // namespace curfew::detail
