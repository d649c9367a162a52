// The lock of one tree of contexts, small enough to sit in every node.
#pragma once

#include <atomic>
#include <cstdint>

namespace curfew::detail {

/// A mutex of four bytes. Contended only when a cancel from another thread meets the loop that owns the tree, so the
/// uncontended path is one compare-exchange each way; a waiter sleeps in the kernel.
class domain_mutex {
public:
    void lock() noexcept
    {
        std::uint32_t expected = free;
        if (state_.compare_exchange_strong(expected, held, std::memory_order_acquire, std::memory_order_relaxed)) return;
        while (state_.exchange(contended, std::memory_order_acquire) != free)
            state_.wait(contended, std::memory_order_relaxed);
    }
    void unlock() noexcept
    {
        if (state_.exchange(free, std::memory_order_release) == contended) state_.notify_one();
    }

private:
    static constexpr std::uint32_t free = 0, held = 1, contended = 2;

    std::atomic<std::uint32_t> state_{free};
};

}  // namespace curfew::detail
