// GET /: what there is to try.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace demo {

curfew::response home(curfew::context ctx, curfew::request req);

/// The first `most` commands to type, each below a line that says what it shows. `address` is `HOST:PORT`.
std::string curl_lines(std::string_view address, std::size_t most);

}  // namespace demo
