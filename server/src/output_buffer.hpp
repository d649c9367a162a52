// Bytes on their way to the client.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace curfew::detail {

/// A growing run of bytes, written at its end and sent from its front.
///
/// Room is handed out uninitialized: an answer is formatted in place, in one pass. The memory is kept for the next answer
/// until `release()`.
class output_buffer
{
public:
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }

    /// Returns what is to be sent. Lifetime: until the next change.
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get() + begin_, size()}; }

    /// Returns room for `count` bytes behind the end. Lifetime: until the next change.
    [[nodiscard]] char* prepare(std::size_t count)
    {
        if (capacity_ - end_ < count) {
            make_room(count);
        }
        return bytes_.get() + end_;
    }

    /// Adds what was written into that room, up to `end`.
    void commit(const char* end) noexcept { end_ = static_cast<std::size_t>(end - bytes_.get()); }

    void append(std::string_view text)
    {
        char* const room = prepare(text.size());
        std::copy(text.begin(), text.end(), room);
        end_ += text.size();
    }

    /// Drops `count` bytes from the front: they have been sent.
    void consume(std::size_t count) noexcept
    {
        begin_ += count;
        if (begin_ == end_) {
            clear();
        }
    }

    void clear() noexcept { begin_ = end_ = 0; }

    /// Gives the memory back, and with it whatever was not sent.
    void release() noexcept { *this = output_buffer(); }

    output_buffer() noexcept {}
    output_buffer(output_buffer&& other) noexcept { *this = std::move(other); }
    output_buffer& operator=(output_buffer&& other) noexcept
    {
        bytes_    = std::move(other.bytes_);
        capacity_ = std::exchange(other.capacity_, 0);
        begin_    = std::exchange(other.begin_, 0);
        end_      = std::exchange(other.end_, 0);
        return *this;
    }

private:
    // Doubles, so that a stream of small writes moves each byte a bounded number of times.
    void make_room(std::size_t count)
    {
        const std::size_t used = size();
        if (capacity_ < used + count || begin_ < used) {
            const std::size_t capacity = std::max({smallest, 2 * capacity_, used + count});
            auto bytes                 = std::make_unique_for_overwrite<char[]>(capacity);
            std::copy_n(bytes_.get() + begin_, used, bytes.get());
            bytes_    = std::move(bytes);
            capacity_ = capacity;
        } else {
            std::copy_n(bytes_.get() + begin_, used, bytes_.get());
        }
        begin_ = 0;
        end_   = used;
    }

    static constexpr std::size_t smallest = 1024;

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_    = 0;
    std::size_t end_      = 0;
};

}  // namespace curfew::detail
