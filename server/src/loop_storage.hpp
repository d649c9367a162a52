// What the connections of one loop share: memory to live in and to borrow, and the date.
#pragma once

#include "block_arena.hpp"
#include "buffer_pool.hpp"
#include "date_cache.hpp"
#include "request_head.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace curfew::detail {

/// Lends field tables, as `buffer_pool` lends memory: a table is needed while there is a request.
class field_table_pool {
public:
    explicit field_table_pool(std::size_t entries) noexcept : entries_(entries) { free_.reserve(kept); }

    std::size_t                   entries() const noexcept { return entries_; }
    std::unique_ptr<field_view[]> borrow()
    {
        if (free_.empty()) return std::make_unique<field_view[]>(entries_);
        auto table = std::move(free_.back());
        free_.pop_back();
        return table;
    }
    void take_back(std::unique_ptr<field_view[]> table) noexcept
    {
        if (table && free_.size() < kept) free_.push_back(std::move(table));
    }

private:
    static constexpr std::size_t kept = 256;

    std::size_t                                entries_;
    std::vector<std::unique_ptr<field_view[]>> free_;
};

struct loop_storage {
    /// What a connection may be large: three of them make a page.
    static constexpr std::size_t connection_size = 1360;

    explicit loop_storage(std::size_t fields) noexcept : tables(fields) {}

    block_arena      connections{connection_size};
    buffer_pool      buffers;
    field_table_pool tables;
    date_cache       date;
};

}  // namespace curfew::detail
