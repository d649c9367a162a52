// HTTP request methods (RFC 9110 §9, RFC 5789).
#pragma once

#include <string_view>

namespace curfew {

/// Names a request method. Every method without an enumerator is `unknown`; the request keeps its text.
enum class method : unsigned char
{
    unknown,
    get,
    head,
    post,
    put,
    delete_,
    connect,
    options,
    trace,
    patch,
};

/// Returns the method that `text` names. Case-sensitive, as RFC 9110 says: `get` is an unknown method.
[[nodiscard]] method parse_method(std::string_view text) noexcept;

/// Returns the method's name, such as `GET`; an empty text for `unknown`.
[[nodiscard]] std::string_view to_string(method m) noexcept;

/// Tells whether the method is defined as read-only. False for `unknown`.
[[nodiscard]] constexpr bool is_safe(method m) noexcept
{
    return m == method::get || m == method::head || m == method::options || m == method::trace;
}

/// Tells whether repeating the request means the same as sending it once. False for `unknown`.
[[nodiscard]] constexpr bool is_idempotent(method m) noexcept
{
    return is_safe(m) || m == method::put || m == method::delete_;
}

} // namespace curfew
