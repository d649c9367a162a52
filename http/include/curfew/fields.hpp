// The header fields of a message, in order.
#pragma once

#include <curfew/detail/line_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

    /// `set` for a line that needs no check, as the caller has made it: what it saves is most of the work.
    ///
    /// Preconditions: as `set`; `name` is a token, `value` holds no control character and neither begins nor ends with a space.
    void set_unchecked(std::string_view name, std::string_view value)
    {
        may_contain(mark(name)) ? replace(name, value) : add(name, value);
    }

    /// Removes every line of this name. Returns: how many there were.
    std::size_t erase(std::string_view name) noexcept;

    void clear() noexcept
    {
        lines_.clear();
        marks_ = 0;
    }

    /// Returns the value of the first line of this name, if there is one.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        return may_contain(mark(name)) ? search(name) : std::nullopt;
    }

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
    [[nodiscard]] std::string_view wire() const noexcept { return lines_.view(); }

    /// Some names, as far as a glance tells them apart: by length and first letter.
    using name_marks = std::uint64_t;
    [[nodiscard]] static constexpr name_marks mark(std::string_view name) noexcept
    {
        if (name.empty())
            return 0;
        const auto letter = static_cast<unsigned char>(name.front()) | 0x20u;
        return name_marks{1} << ((name.size() * 5 + letter) % 64);
    }
    /// False if there is certainly no line of these names: the usual case, found out without a look at the lines.
    [[nodiscard]] bool may_contain(name_marks names) const noexcept { return (marks_ & names) != 0; }

    friend bool operator==(const fields& a, const fields& b) noexcept { return a.wire() == b.wire(); }

private:
    void add(std::string_view name, std::string_view value)
    {
        const auto put = [](char* to, std::string_view text) { return std::copy_n(text.data(), text.size(), to); };
        char* to       = lines_.extend(name.size() + value.size() + sizeof ": \r\n" - 1);
        to             = put(to, name);
        to             = put(to, ": ");
        to             = put(to, value);
        put(to, "\r\n");
        marks_ |= mark(name);
    }
    void replace(std::string_view name, std::string_view value);
    std::optional<std::string_view> search(std::string_view name) const noexcept;
    std::size_t erase_behind(std::size_t at, std::string_view name) noexcept;

    detail::line_buffer lines_;
    name_marks marks_ = 0; // of all names; that of an erased one may stay
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
    return const_iterator(wire());
}

inline fields::const_iterator fields::end() const noexcept
{
    return const_iterator(wire().substr(lines_.size()));
}

} // namespace curfew
