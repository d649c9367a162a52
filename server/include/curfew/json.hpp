// JSON in requests and answers. Opt-in, as it includes all of nlohmann_json.
#pragma once

#include <curfew/request.hpp>
#include <curfew/response.hpp>

#include <nlohmann/json.hpp>

namespace curfew {

/// Makes an answer of JSON. Text in `value` that is not UTF-8 is sent with replacement characters.
///
/// @code
/// return json(status::ok, {{"user", user}, {"orders", orders}});
/// @endcode
response json(status code, const nlohmann::json& value);

}  // namespace curfew
