// Numbers that clients choose, within bounds that they do not.
#pragma once

#include <curfew/http_error.hpp>
#include <curfew/request.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace demo {

/// The value of a query parameter, or `fallback` if it is absent.
///
/// Errors: `http_error` 400 if the value is no number from `least` to `most`.
template <std::integral T>
T query_within(const curfew::request& req, std::string_view name, T fallback, T least, T most)
{
    const auto value = req.query_as<T>(name, fallback);
    if (value < least || value > most)
        throw curfew::http_error(curfew::status::bad_request, "query parameter \"" + std::string(name) + "\" must be from " +
                                                                  std::to_string(least) + " to " + std::to_string(most));
    return value;
}

}  // namespace demo
