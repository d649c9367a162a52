// Bytes on their way to the client.
#pragma once

#include "buffer_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace curfew::detail {

/// A growing run of bytes, written at its end and sent from its front.
///
/// Room is handed out uninitialized: an answer is formatted in place, in one pass. While there is nothing to send no memory is
/// held, except by a connection that sends much: it keeps a larger block, if not a huge one, until `release()`.
class output_buffer
{
public:
    /// Lifetime: the pool outlives it.
    explicit output_buffer(buffer_pool& pool) noexcept : pool_(&pool) {}
    output_buffer(output_buffer&& other) noexcept : pool_(other.pool_) { *this = std::move(other); }
    output_buffer& operator=(output_buffer&& other) noexcept
    {
        block_ = std::move(other.block_);
        begin_ = std::exchange(other.begin_, 0);
        end_   = std::exchange(other.end_, 0);
        return *this;
    }

    /// Precondition: both borrow from the same pool.
    friend void swap(output_buffer& a, output_buffer& b) noexcept
    {
        swap(a.block_, b.block_);
        std::swap(a.begin_, b.begin_);
        std::swap(a.end_, b.end_);
    }

    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return block_.size(); }

    /// Returns what is to be sent. Lifetime: until the next change.
    [[nodiscard]] std::string_view view() const noexcept { return {block_.data() + begin_, size()}; }

    /// Returns room for `count` bytes behind the end. Lifetime: until the next change.
    [[nodiscard]] char* prepare(std::size_t count)
    {
        if (block_.size() - end_ < count) {
            make_room(count);
        }
        return block_.data() + end_;
    }

    /// Adds what was written into that room, up to `end`.
    void commit(const char* end) noexcept { end_ = static_cast<std::size_t>(end - block_.data()); }

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

    void clear() noexcept
    {
        begin_ = end_ = 0;
        if (block_.size() == buffer_pool::block_size || block_.size() > largest_kept) {
            block_.give_back();
        }
    }

    /// Gives the memory back, and with it whatever was not sent.
    void release() noexcept
    {
        begin_ = end_ = 0;
        block_.give_back();
    }

private:
    // Doubles, so that a stream of small writes moves each byte a bounded number of times.
    void make_room(std::size_t count)
    {
        const std::size_t used = size();
        if (block_.size() < used + count || begin_ < used) {
            auto larger = pool_->borrow(std::max(2 * block_.size(), used + count));
            std::copy_n(block_.data() + begin_, used, larger.data());
            block_ = std::move(larger);
        } else {
            std::copy_n(block_.data() + begin_, used, block_.data());
        }
        begin_ = 0;
        end_   = used;
    }

    static constexpr std::size_t largest_kept = 256 * 1024;

    buffer_pool*       pool_;
    buffer_pool::block block_;
    std::size_t        begin_ = 0;
    std::size_t        end_   = 0;
};

}  // namespace curfew::detail
