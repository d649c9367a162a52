// What Redis answers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::redis {

enum class reply_type : std::uint8_t { nil, status, string, integer, array, error };

std::string_view to_string(reply_type) noexcept;

/// One reply: nil, a status such as `OK`, a string of bytes, an integer of 64 bits, an array of replies, or an error.
///
/// Distinct objects: safe. Shared objects: safe to read.
class reply {
public:
    reply() noexcept {}
    static reply integer(std::int64_t number);
    static reply array(std::vector<reply> elements);
    /// `type`: status, string or error.
    static reply text(reply_type type, std::string text);

    reply_type type() const noexcept { return type_; }
    bool       is_nil() const noexcept { return type_ == reply_type::nil; }
    bool       is_error() const noexcept { return type_ == reply_type::error; }

    /// The bytes of a status, a string or an error.
    /// Errors: throws `error` with `errc::wrong_type`.
    const std::string& text() const;
    /// The number, also if it comes as a string, as values do.
    /// Errors: throws `error` with `errc::wrong_type`.
    std::int64_t integer() const;
    /// The elements of an array.
    /// Errors: throws `error` with `errc::wrong_type`.
    const std::vector<reply>& elements() const;
    const reply&              operator[](std::size_t index) const;
    std::size_t               size() const { return elements().size(); }

    /// The text, or nothing for nil.
    std::optional<std::string> optional_text() const;

    friend bool operator==(const reply&, const reply&) = default;

private:
    [[noreturn]] void wrong(const char* wanted) const;

    reply_type         type_   = reply_type::nil;
    std::int64_t       number_ = 0;
    std::string        text_;
    std::vector<reply> elements_;
};

}  // namespace curfew::redis
