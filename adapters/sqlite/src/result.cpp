#include <curfew/adapters/sqlite/result.hpp>

#include <curfew/adapters/sqlite/error.hpp>

#include <algorithm>
#include <array>

namespace curfew::sqlite {

namespace {

[[noreturn]] void throw_missing(const std::string& what)
{
    throw error({static_cast<int>(errc::no_such_column), category()}, "sqlite: " + what);
}

}  // namespace

std::string_view to_string(value_type type) noexcept
{
    constexpr std::array<std::string_view, 5> names{"null", "an integer", "a real number", "a text", "a blob"};
    return names[static_cast<std::size_t>(type)];
}

void detail::throw_wrong_type(std::string_view what, value_type held, std::string_view wanted)
{
    std::string text("sqlite: ");
    text.append(what).append(" is ").append(to_string(held)).append(", not ").append(wanted);
    throw error({static_cast<int>(errc::wrong_type), category()}, std::move(text));
}

std::string_view result::column(std::size_t index) const
{
    if (index >= column_count())
        throw_missing("column " + std::to_string(index) + " of " + std::to_string(column_count()));
    return contents_->columns[index];
}

row result::operator[](std::size_t index) const
{
    if (index >= size()) throw_missing("row " + std::to_string(index) + " of " + std::to_string(size()));
    return row(contents_.get(), index * column_count());
}

const value& row::operator[](std::size_t column) const
{
    if (column >= contents_->columns.size())
        throw_missing("column " + std::to_string(column) + " of " + std::to_string(contents_->columns.size()));
    return contents_->cells[first_ + column];
}

const value& row::operator[](std::string_view column) const
{
    const auto found = std::ranges::find(contents_->columns, column);
    if (found == contents_->columns.end()) throw_missing("no column " + std::string(column));
    return contents_->cells[first_ + static_cast<std::size_t>(found - contents_->columns.begin())];
}

}  // namespace curfew::sqlite
