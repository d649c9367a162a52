// The memory in which bytes wait, lent by the loop to connections that have some.
#pragma once

#include "block_arena.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace curfew::detail {

/// Lends blocks of one size to the connections of a loop; an idle connection holds none.
///
/// Those given back last are lent first, as they are still in the cache; what exceeds a few hundred goes back to the system.
/// Larger blocks, for large heads and bodies, come from the heap and go back to it. Not thread-safe.
class buffer_pool {
public:
    static constexpr std::size_t block_size = 1024;

    class block {
    public:
        block() noexcept = default;
        block(block&& other) noexcept
            : pool_(other.pool_), bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0))
        {
        }
        block& operator=(block&& other) noexcept
        {
            give_back();
            pool_  = other.pool_;
            bytes_ = std::exchange(other.bytes_, nullptr);
            size_  = std::exchange(other.size_, 0);
            return *this;
        }
        ~block() { give_back(); }

        friend void swap(block& a, block& b) noexcept
        {
            std::swap(a.pool_, b.pool_);
            std::swap(a.bytes_, b.bytes_);
            std::swap(a.size_, b.size_);
        }

        char*       data() const noexcept { return bytes_; }
        std::size_t size() const noexcept { return size_; }
        explicit operator bool() const noexcept { return bytes_ != nullptr; }
        void        give_back() noexcept
        {
            if (!bytes_) return;
            if (size_ == block_size)
                pool_->take_back(bytes_);
            else
                delete[] bytes_;
            bytes_ = nullptr;
            size_  = 0;
        }

    private:
        friend class buffer_pool;
        block(buffer_pool& pool, char* bytes, std::size_t size) noexcept : pool_(&pool), bytes_(bytes), size_(size) {}

        buffer_pool* pool_  = nullptr;
        char*        bytes_ = nullptr;
        std::size_t  size_  = 0;
    };

    buffer_pool() { free_.reserve(kept); }
    buffer_pool(const buffer_pool&)            = delete;
    buffer_pool& operator=(const buffer_pool&) = delete;

    /// Lends a block of at least `size` bytes. Precondition: the pool outlives it.
    block borrow(std::size_t size = block_size)
    {
        if (size > block_size) return {*this, new char[size], size};
        if (free_.empty()) return {*this, arena_.take(), block_size};
        char* const bytes = free_.back();
        free_.pop_back();
        return {*this, bytes, block_size};
    }

private:
    static constexpr std::size_t kept = 1024;  // 1 MiB a loop

    void take_back(char* bytes) noexcept
    {
        if (free_.size() < kept)
            free_.push_back(bytes);
        else
            arena_.give_back(bytes);
    }

    block_arena        arena_{block_size};
    std::vector<char*> free_;
};

}  // namespace curfew::detail
