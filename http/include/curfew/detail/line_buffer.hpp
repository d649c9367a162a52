// The characters of header fields.
#pragma once

#include <boost/asio/recycling_allocator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace curfew::detail {

/// Text that grows at its end, in uninitialized room that the caller fills.
///
/// Every answer needs such a buffer for a moment: on a thread that runs an io_context it is the last answer's, from Asio's
/// cache of recycled memory.
class line_buffer {
public:
    line_buffer() noexcept {}
    line_buffer(const line_buffer& other)
    {
        if (other.size_ != 0) std::memcpy(extend(other.size_), other.text_, other.size_);
    }
    line_buffer(line_buffer&& other) noexcept
        : text_(std::exchange(other.text_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0))
    {
    }
    line_buffer& operator=(line_buffer other) noexcept
    {
        std::swap(text_, other.text_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~line_buffer()
    {
        if (text_) memory().deallocate(text_, capacity_);
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }

    /// Adds `count` characters. Returns: where the caller is to write them.
    char* extend(std::size_t count)
    {
        if (capacity_ - size_ < count) grow(count);
        char* const room = text_ + size_;
        size_ += count;
        return room;
    }

    /// Puts `text` in the place of `count` characters at `at`. Precondition: it does not point into this object.
    void replace(std::size_t at, std::size_t count, std::string_view text)
    {
        const std::size_t behind = size_ - at - count;
        if (text.size() > count) extend(text.size() - count);
        std::memmove(text_ + at + text.size(), text_ + at + count, behind);
        std::copy(text.begin(), text.end(), text_ + at);
        size_ = at + text.size() + behind;
    }
    void erase(std::size_t at, std::size_t count) noexcept
    {
        std::memmove(text_ + at, text_ + at + count, size_ - at - count);
        size_ -= count;
    }
    void clear() noexcept { size_ = 0; }

private:
    // Enough for the fields of a typical answer, so that making one allocates once.
    static constexpr std::size_t usual = 256;

    static boost::asio::recycling_allocator<char> memory() noexcept { return {}; }

    void grow(std::size_t count)
    {
        const std::size_t capacity = std::max({usual, 2 * capacity_, size_ + count});
        char* const       larger   = memory().allocate(capacity);
        if (text_) {
            std::memcpy(larger, text_, size_);
            memory().deallocate(text_, capacity_);
        }
        text_     = larger;
        capacity_ = capacity;
    }

    char*       text_     = nullptr;
    std::size_t size_     = 0;
    std::size_t capacity_ = 0;
};

}  // namespace curfew::detail
