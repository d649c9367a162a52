// Bytes received and not yet used.
#pragma once

#include "buffer_pool.hpp"

#include <cstddef>
#include <span>

namespace curfew::detail {

/// Holds what has arrived on one connection, in memory that it borrows while there is something to hold.
///
/// The bytes of a request's head can be pinned: they then stay where they are, while what follows them may be used,
/// moved and added to.
class input_buffer {
public:
    explicit input_buffer(buffer_pool& pool) noexcept : pool_(&pool) {}

    /// The bytes that wait.
    std::span<char> bytes() const noexcept { return {block_.data() + begin_, end_ - begin_}; }
    std::size_t     size() const noexcept { return end_ - begin_; }
    bool            empty() const noexcept { return begin_ == end_; }

    /// Room for more, at least `wanted` bytes, until the next change. What was given out by `bytes()` may have moved, unless it
    /// is pinned.
    std::span<char> room(std::size_t wanted);
    /// So many bytes of the room were filled.
    void filled(std::size_t count) noexcept
    {
        end_ += count;
        wide_ = wide_ || (end_ == block_.size() && count != 0);
    }

    /// The first `count` bytes are done with. Their memory stays valid until the next `room()`, if pinned until `unpin()`.
    void consume(std::size_t count) noexcept { begin_ += count; }
    /// Consumes `count` bytes that keep their place.
    void pin(std::size_t count) noexcept
    {
        consume(count);
        is_pinned_ = true;
    }
    void unpin() noexcept;

    /// Begins anew in the memory at hand, which is kept unless it is large. Precondition: empty, and nothing is pinned.
    void rewind() noexcept;
    /// Drops everything but what is pinned.
    void clear() noexcept;

private:
    buffer_pool*       pool_;
    buffer_pool::block block_;
    buffer_pool::block pinned_;  // a block that was left because its head is pinned
    std::size_t        begin_     = 0;
    std::size_t        end_       = 0;
    bool               is_pinned_ = false;
    bool               wide_      = false;  // the room has been too small before
};

}  // namespace curfew::detail
