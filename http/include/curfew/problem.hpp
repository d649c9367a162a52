// Error answers that programs can read: problem details (RFC 9457).
#pragma once

#include <curfew/status.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace curfew {

/// Describes one error for the client, with members of one's own beside the standard ones.
///
/// It is sent to whoever asked, so it names no internals. Text that is not UTF-8 is sent with replacement characters.
///
/// @code
/// co_return problem_response(problem(status::conflict).detail("note 7 was changed").with("version", 4));
/// @endcode
class problem
{
public:
    static constexpr std::string_view content_type = "application/problem+json";

    /// Makes one whose title is the status's reason phrase.
    explicit problem(curfew::status status);

    /// Sets a URI that names the kind of problem. Default: none, which means "no more than the status says".
    problem& type(std::string uri);

    /// Sets the summary of the kind of problem, the same each time it occurs.
    problem& title(std::string text);

    /// Sets what happened this time. Default: none.
    problem& detail(std::string text);

    /// Sets a URI that names this occurrence. Default: none.
    problem& instance(std::string uri);

    /// Adds a member of one's own, behind those already added.
    ///
    /// Errors: `std::invalid_argument` if the name is taken, be it by the standard or by an earlier call.
    problem& with(std::string_view name, std::string_view text);
    problem& with(std::string_view name, const char* text) { return with(name, std::string_view(text)); }

    template <class Number>
    requires std::is_arithmetic_v<Number> problem& with(std::string_view name, Number value)
    {
        if constexpr (std::same_as<Number, bool>)
            return with_json(name, value ? "true" : "false");
        else if constexpr (std::integral<Number>)
            return with_json(name, std::to_string(value));
        else
            return with_number(name, static_cast<double>(value));
    }

    /// Adds a member whose value is already JSON text: arrays, objects, what another library has written.
    ///
    /// Errors: `std::invalid_argument` if the name is taken or `json` is not one JSON value.
    problem& with_json(std::string_view name, std::string json);

    [[nodiscard]] curfew::status status() const noexcept { return status_; }

    /// Returns the JSON text, its members in the order of the standard and then of the calls.
    [[nodiscard]] std::string to_json() const;

private:
    problem& with_number(std::string_view name, double value);

    curfew::status status_;
    std::string type_;
    std::string title_;
    std::string detail_;
    std::string instance_;
    std::vector<std::pair<std::string, std::string>> members_; // name, JSON text
};

} // namespace curfew
