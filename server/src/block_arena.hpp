// Small blocks of memory whose pages go back to the system when none of their blocks is in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace curfew::detail {

/// Hands out blocks of one size, a few to a page.
///
/// A heap would not do: what thousands of connections borrow for a moment would leave holes between what they keep, and the
/// process as large as it ever was. Not thread-safe.
class block_arena {
public:
    /// Precondition: at least two blocks of `block_size` bytes, and at most eight, make a page of 4 KiB; a multiple of 16.
    explicit block_arena(std::size_t block_size) noexcept;
    block_arena(const block_arena&)            = delete;
    block_arena& operator=(const block_arena&) = delete;
    ~block_arena();

    /// Returns a block; its content is not determined. Errors: `std::bad_alloc`.
    char* take();
    /// Takes back a block that `take` gave out.
    void give_back(char* block) noexcept;

private:
    struct page;

    void  add_chunk();
    page& page_of(const char* block) const noexcept;

    const std::size_t  block_size_;
    const std::uint8_t all_used_;  // a bit for each block of a page
    std::vector<page*> chunks_;   // of descriptions, each beside its chunk of pages
    std::vector<page*> started_;  // may have free blocks; a page is in here at most once
    std::vector<page*> unused_;   // hold no memory
};

}  // namespace curfew::detail
