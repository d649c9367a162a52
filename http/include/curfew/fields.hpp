// The header fields of a message, in order.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace curfew {

/// Names one field line.
struct field
{
    std::string_view name;
    std::string_view value;

    friend bool operator==(const field&, const field&) = default;
};

/// Holds field lines in the order in which they were added; a name may occur more than once.
///
/// Names compare without regard to case and keep the case they were given. The lines live in one buffer, already in the
/// form in which they are sent, so that an answer costs one copy and a lookup is a scan of a few hundred bytes.
///
/// Everything put in is checked: a line that would end early or start another one cannot be made.
///
/// Distinct objects: safe. Shared objects: safe to read.
/// Lifetime: views returned are valid until the object changes.
class fields
{
public:
    class const_iterator;
    using value_type = field;

    fields() noexcept {}
    fields(std::initializer_list<field> lines);

    /// Adds a line behind the others. Whitespace around the value is removed.
    ///
    /// Preconditions: `name` and `value` do not point into this object.
    /// Errors:        `std::invalid_argument` if the name is not a token, or naming the field if the value holds CR,
    /// LF,
    ///                NUL or another control character.
    void append(std::string_view name, std::string_view value);

    /// Replaces every line of this name by one, in the place of the first; adds it if there was none.
    ///
    /// Preconditions: as `append`.
    /// Errors:        as `append`; then nothing has changed.
    void set(std::string_view name, std::string_view value);

    /// Removes every line of this name. Returns: how many there were.
    std::size_t erase(std::string_view name) noexcept;

    void clear() noexcept { lines_.clear(); }

    /// Returns the value of the first line of this name, if there is one.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// Returns the values of all lines of this name, in order.
    [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;

    [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name).has_value(); }

    /// Tells whether a comma-separated list, possibly spread over several lines, has this member.
    /// Ignores case: `has_token("connection", "close")`.
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const noexcept;

    [[nodiscard]] const_iterator begin() const noexcept;
    [[nodiscard]] const_iterator end() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }

    /// Returns all lines as they are sent, each ended by CRLF, without the empty line behind them.
    [[nodiscard]] std::string_view wire() const noexcept { return lines_; }

    friend bool operator==(const fields&, const fields&) = default;

private:
    std::size_t erase_behind(std::size_t at, std::string_view name) noexcept;

    std::string lines_;
};

/// Walks over the lines; what it yields is made from the buffer at each step.
class fields::const_iterator
{
public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = field;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = field;

    const_iterator() noexcept {}

    [[nodiscard]] field operator*() const noexcept;
    const_iterator& operator++() noexcept;
    const_iterator operator++(int) noexcept;

    friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept
    {
        return a.rest_.data() == b.rest_.data();
    }

private:
    friend class fields;
    explicit const_iterator(std::string_view rest) noexcept : rest_(rest) {}

    std::string_view rest_; // from this line to the end
};

inline fields::const_iterator fields::begin() const noexcept
{
    return const_iterator(lines_);
}

inline fields::const_iterator fields::end() const noexcept
{
    return const_iterator(std::string_view(lines_).substr(lines_.size()));
}

} // namespace curfew
