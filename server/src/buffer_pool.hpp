// The memory in which bytes wait, lent by the loop to connections that have some.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace curfew::detail {

/// Lends blocks of one size to the connections of a loop; an idle connection holds none.
///
/// Larger blocks, for large heads and bodies, come from the heap and go back to it. Not thread-safe.
class buffer_pool {
public:
    static constexpr std::size_t block_size = 4096;

    class block {
    public:
        block() noexcept = default;
        block(block&& other) noexcept
            : pool_(other.pool_), bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0))
        {
        }
        block& operator=(block&& other) noexcept
        {
            give_back();
            pool_  = other.pool_;
            bytes_ = std::move(other.bytes_);
            size_  = std::exchange(other.size_, 0);
            return *this;
        }
        ~block() { give_back(); }

        char*       data() const noexcept { return bytes_.get(); }
        std::size_t size() const noexcept { return size_; }
        explicit operator bool() const noexcept { return bytes_ != nullptr; }
        void        give_back() noexcept
        {
            if (bytes_ && size_ == block_size) pool_->take_back(std::move(bytes_));
            bytes_.reset();
            size_ = 0;
        }

    private:
        friend class buffer_pool;
        block(buffer_pool& pool, std::unique_ptr<char[]> bytes, std::size_t size) noexcept
            : pool_(&pool), bytes_(std::move(bytes)), size_(size)
        {
        }

        buffer_pool*            pool_ = nullptr;
        std::unique_ptr<char[]> bytes_;
        std::size_t             size_ = 0;
    };

    buffer_pool() { free_.reserve(kept); }
    buffer_pool(const buffer_pool&)            = delete;
    buffer_pool& operator=(const buffer_pool&) = delete;

    /// Lends a block of at least `size` bytes. Precondition: the pool outlives it.
    block borrow(std::size_t size = block_size)
    {
        if (size > block_size) return {*this, std::make_unique_for_overwrite<char[]>(size), size};
        if (free_.empty()) return {*this, std::make_unique_for_overwrite<char[]>(block_size), block_size};
        auto bytes = std::move(free_.back());
        free_.pop_back();
        return {*this, std::move(bytes), block_size};
    }

private:
    static constexpr std::size_t kept = 256;  // 1 MiB a loop

    void take_back(std::unique_ptr<char[]> bytes) noexcept
    {
        if (free_.size() < kept) free_.push_back(std::move(bytes));
    }

    std::vector<std::unique_ptr<char[]>> free_;
};

}  // namespace curfew::detail
