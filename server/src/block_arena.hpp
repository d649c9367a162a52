// Small blocks of memory whose pages go back to the system when none of their blocks is in use.
#pragma once

#include <cstddef>
#include <vector>

namespace curfew::detail {

/// Hands out blocks of one size, four to a page.
///
/// A heap would not do: what thousands of connections borrow for a moment would leave holes between what they keep, and the
/// process as large as it ever was. Not thread-safe.
class block_arena {
public:
    static constexpr std::size_t block_size = 1024;

    block_arena() noexcept {}
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

    std::vector<page*> chunks_;   // of descriptions, each beside its chunk of pages
    std::vector<page*> started_;  // may have free blocks; a page is in here at most once
    std::vector<page*> unused_;   // hold no memory
};

}  // namespace curfew::detail
