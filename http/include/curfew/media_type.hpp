// Media types such as `text/html; charset=utf-8` (RFC 9110 §8.3.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {

/// Holds a type, a subtype and parameters, as `Content-Type` carries them.
///
/// Type, subtype and the names of parameters are kept in lowercase; values of parameters as they were sent, unquoted.
class media_type
{
public:
    /// Reads the value of a `Content-Type` field.
    ///
    /// Returns: nothing if it is malformed.
    [[nodiscard]] static std::optional<media_type> parse(std::string_view text);

    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    [[nodiscard]] const std::string& subtype() const noexcept { return subtype_; }

    /// Tells whether this is `name`, such as `text/plain`, whatever its parameters.
    [[nodiscard]] bool is(std::string_view name) const noexcept;

    /// Tells whether the content is JSON: `application/json` or a type with the suffix `+json`.
    [[nodiscard]] bool is_json() const noexcept;

    /// Returns a parameter's value: the first of its name, which compares without regard to case.
    [[nodiscard]] std::optional<std::string_view> param(std::string_view name) const noexcept;

private:
    media_type() noexcept {}

    std::string type_;
    std::string subtype_;
    std::vector<std::pair<std::string, std::string>> params_;
};

} // namespace curfew
