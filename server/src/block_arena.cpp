#include "block_arena.hpp"

#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include <bit>
#include <cstdint>
#include <memory>
#include <new>

namespace curfew::detail {

namespace {

constexpr std::size_t page_size      = 4096;
constexpr std::size_t pages_in_chunk = 64;
constexpr std::size_t chunk_size     = pages_in_chunk * page_size;

// The address sanitizer is to see the use of what was given back, as it does with memory from the heap.
#ifdef __SANITIZE_ADDRESS__
void forbid(const char* block, std::size_t size) noexcept
{
    __asan_poison_memory_region(block, size);
}
void permit(const char* block, std::size_t size) noexcept
{
    __asan_unpoison_memory_region(block, size);
}
#else
void forbid(const char*, std::size_t) noexcept {}
void permit(const char*, std::size_t) noexcept {}
#endif

}  // namespace

// Describes a page. The descriptions of a chunk lie in its first page, where a block's address leads to them.
struct block_arena::page {
    char*        memory     = nullptr;
    std::uint8_t used       = 0;      // a bit for each block
    bool         is_started = false;  // in `started_`
};

block_arena::block_arena(std::size_t block_size) noexcept
    : block_size_(block_size), all_used_(static_cast<std::uint8_t>((1u << (page_size / block_size)) - 1))
{
}

block_arena::~block_arena()
{
    for (page* const chunk : chunks_) {
        permit(reinterpret_cast<const char*>(chunk), chunk_size);
        ::munmap(chunk, chunk_size);
    }
}

char* block_arena::take()
{
    while (!started_.empty()) {
        page& last = *started_.back();
        if (last.used != 0 && last.used != all_used_) {
            const int free = std::countr_one(last.used);
            last.used |= static_cast<std::uint8_t>(1u << free);
            char* const block = last.memory + static_cast<std::size_t>(free) * block_size_;
            permit(block, block_size_);
            return block;
        }
        last.is_started = false;
        started_.pop_back();
    }
    if (unused_.empty()) add_chunk();
    page& fresh = *unused_.back();
    unused_.pop_back();
    fresh.used       = 1;
    fresh.is_started = true;
    started_.push_back(&fresh);
    permit(fresh.memory, block_size_);
    return fresh.memory;
}

void block_arena::give_back(char* block) noexcept
{
    page& its = page_of(block);
    its.used &= static_cast<std::uint8_t>(~(1u << static_cast<std::size_t>(block - its.memory) / block_size_));
    forbid(block, block_size_);
    if (its.used == 0) {
        ::madvise(its.memory, page_size, MADV_DONTNEED);  // where pages are larger this fails, and the memory stays
        unused_.push_back(&its);
    } else if (!its.is_started) {
        its.is_started = true;
        started_.push_back(&its);
    }
}

block_arena::page& block_arena::page_of(const char* block) const noexcept
{
    const auto  address = reinterpret_cast<std::uintptr_t>(block);
    const auto  chunk   = address & ~(chunk_size - 1);
    auto* const first   = std::launder(reinterpret_cast<page*>(chunk));
    return first[(address - chunk) / page_size];
}

// A chunk begins at a multiple of its size.
void block_arena::add_chunk()
{
    static_assert(pages_in_chunk * sizeof(page) <= page_size);
    const std::size_t pages = (chunks_.size() + 1) * pages_in_chunk;
    chunks_.reserve(chunks_.size() + 1);
    started_.reserve(pages);  // so that giving back cannot fail
    unused_.reserve(pages);

    void* const mapped = ::mmap(nullptr, 2 * chunk_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    auto* const begin = static_cast<char*>(mapped);
    const auto  ahead = chunk_size - reinterpret_cast<std::uintptr_t>(begin) % chunk_size;
    char* const chunk = begin + ahead;
    ::munmap(begin, ahead);
    if (ahead != chunk_size) ::munmap(chunk + chunk_size, chunk_size - ahead);

    auto* const described = reinterpret_cast<page*>(chunk);
    std::uninitialized_default_construct_n(described, pages_in_chunk);
    chunks_.push_back(described);
    for (std::size_t i = pages_in_chunk - 1; i != 0; --i) {
        described[i].memory = chunk + i * page_size;
        unused_.push_back(&described[i]);
    }
}

}  // namespace curfew::detail
