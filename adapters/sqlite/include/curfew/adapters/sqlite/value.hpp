// One value of a database: what a parameter is bound to, and what a column holds.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace curfew::sqlite {

using blob = std::vector<std::byte>;

enum class value_type : std::uint8_t { null, integer, real, text, bytes };

std::string_view to_string(value_type) noexcept;

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

[[noreturn]] void throw_wrong_type(std::string_view what, value_type held, std::string_view wanted);

}  // namespace detail

/// Null, an integer of 64 bits, a double, a text or a blob: SQLite's five types.
///
/// Distinct objects: safe. Shared objects: safe to read.
class value {
public:
    value() noexcept {}
    value(std::nullptr_t) noexcept {}
    value(std::nullopt_t) noexcept {}
    /// Throws `std::out_of_range` if it is above what SQLite can hold (unsigned of 64 bits).
    template <std::integral T>
    value(T number) : held_(to_int64(number))
    {
    }
    value(double number) noexcept : held_(number) {}
    value(const char* text) : held_(std::string(text)) {}
    value(std::string_view text) : held_(std::string(text)) {}
    value(std::string text) noexcept : held_(std::move(text)) {}
    value(blob bytes) noexcept : held_(std::move(bytes)) {}
    /// Null, or the value within.
    template <class T>
    value(std::optional<T> maybe) : value(maybe ? value(*std::move(maybe)) : value())
    {
    }

    value_type type() const noexcept { return static_cast<value_type>(held_.index()); }
    bool       is_null() const noexcept { return type() == value_type::null; }

    /// The value as a `T`: an integral type that can hold it, `bool` (0 is false), `double` (of integers, too),
    /// `std::string` or `blob`, `std::string_view` or `std::span<const std::byte>` (into this object), or
    /// `std::optional` of one of these, which is empty for null.
    ///
    /// Errors: throws `error` with `errc::wrong_type`, naming `what`.
    template <class T>
    T get(std::string_view what = "a value") const
    {
        if constexpr (detail::is_optional<T>)
            return is_null() ? T() : T(get<typename T::value_type>(what));
        else if constexpr (std::same_as<T, bool>)
            return integer(what) != 0;
        else if constexpr (std::integral<T>)
            return narrow<T>(what);
        else if constexpr (std::floating_point<T>)
            return static_cast<T>(real(what));
        else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>)
            return T(text(what));
        else if constexpr (std::same_as<T, std::span<const std::byte>>)
            return T(bytes(what));
        else {
            static_assert(std::same_as<T, blob>, "no type of a database");
            return bytes(what);
        }
    }

    const std::variant<std::monostate, std::int64_t, double, std::string, blob>& held() const noexcept { return held_; }

    friend bool operator==(const value& a, const value& b) noexcept { return a.held_ == b.held_; }

private:
    template <std::integral T>
    static std::int64_t to_int64(T number)
    {
        if (!std::in_range<std::int64_t>(+number)) throw std::out_of_range("a number above what a database can hold");
        return static_cast<std::int64_t>(number);
    }
    template <std::integral T>
    T narrow(std::string_view what) const
    {
        const auto number = integer(what);
        if (!std::in_range<T>(number)) detail::throw_wrong_type(what, type(), "a smaller integer");
        return static_cast<T>(number);
    }
    std::int64_t integer(std::string_view what) const
    {
        if (const auto* held = std::get_if<std::int64_t>(&held_)) return *held;
        detail::throw_wrong_type(what, type(), "an integer");
    }
    double real(std::string_view what) const
    {
        if (const auto* held = std::get_if<double>(&held_)) return *held;
        if (const auto* held = std::get_if<std::int64_t>(&held_)) return static_cast<double>(*held);
        detail::throw_wrong_type(what, type(), "a number");
    }
    const std::string& text(std::string_view what) const
    {
        if (const auto* held = std::get_if<std::string>(&held_)) return *held;
        detail::throw_wrong_type(what, type(), "a text");
    }
    const blob& bytes(std::string_view what) const
    {
        if (const auto* held = std::get_if<blob>(&held_)) return *held;
        detail::throw_wrong_type(what, type(), "a blob");
    }

    std::variant<std::monostate, std::int64_t, double, std::string, blob> held_;
};

}  // namespace curfew::sqlite
