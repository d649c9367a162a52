// What a statement gave: its rows, and what it changed.
#pragma once

#include <curfew/adapters/sqlite/value.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace curfew::sqlite {

class row;

/// The rows of a statement, read to the end, and what it changed. Independent of the connection it came from.
///
/// Copies share the rows. Distinct objects: safe. Shared objects: safe to read.
class result {
public:
    struct contents {
        std::vector<std::string> columns;
        std::vector<value>       cells;  // row by row
        std::int64_t             changed        = 0;
        std::int64_t             last_insert_id = 0;
    };
    class iterator;

    result() noexcept {}
    explicit result(contents from) : contents_(std::make_shared<const contents>(std::move(from))) {}

    bool        empty() const noexcept { return size() == 0; }
    std::size_t size() const noexcept { return column_count() == 0 ? 0 : contents_->cells.size() / column_count(); }
    std::size_t column_count() const noexcept { return contents_ ? contents_->columns.size() : 0; }
    /// The names of the columns, as the statement gives them.
    std::string_view column(std::size_t index) const;

    /// Throws `error` with `errc::no_such_column` if there are not so many rows. Lifetime: refers to this result.
    row      operator[](std::size_t index) const;
    row      front() const;
    iterator begin() const noexcept;
    iterator end() const noexcept;

    /// How many rows were inserted, updated or deleted; 0 for a statement that only reads.
    std::int64_t changed() const noexcept { return contents_ ? contents_->changed : 0; }
    /// The row ID of the last row inserted by this connection.
    std::int64_t last_insert_id() const noexcept { return contents_ ? contents_->last_insert_id : 0; }

private:
    friend class row;

    std::shared_ptr<const contents> contents_;
};

/// One row of a result, which must outlive it.
class row {
public:
    /// The value of a column, by position or by name (the first of that name).
    ///
    /// Errors: throws `error` with `errc::no_such_column`.
    const value& operator[](std::size_t column) const;
    const value& operator[](std::string_view column) const;

    /// The same as a `T`; see `value::get`.
    template <class T>
    T get(std::size_t column) const
    {
        return (*this)[column].get<T>(contents_->columns[column]);
    }
    template <class T>
    T get(std::string_view column) const
    {
        return (*this)[column].get<T>(column);
    }

private:
    friend class result;
    row(const result::contents* contents, std::size_t first) noexcept : contents_(contents), first_(first) {}

    const result::contents* contents_;
    std::size_t             first_;
};

/// Goes from row to row.
class result::iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type        = row;
    using difference_type   = std::ptrdiff_t;
    using pointer           = void;
    using reference         = row;

    iterator() noexcept {}
    iterator(const result* of, std::size_t index) noexcept : of_(of), index_(index) {}

    row       operator*() const { return (*of_)[index_]; }
    iterator& operator++() noexcept
    {
        ++index_;
        return *this;
    }
    iterator operator++(int) noexcept { return {of_, index_++}; }

    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.index_ == b.index_; }

private:
    const result* of_    = nullptr;
    std::size_t   index_ = 0;
};

inline result::iterator result::begin() const noexcept { return {this, 0}; }
inline result::iterator result::end() const noexcept { return {this, size()}; }
inline row              result::front() const { return (*this)[0]; }

}  // namespace curfew::sqlite
