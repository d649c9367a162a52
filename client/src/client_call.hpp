// A call from its beginning to the head of its answer.
#pragma once

#include "client_core.hpp"
#include "client_exchange.hpp"

#include <curfew/client_request.hpp>
#include <curfew/client_response.hpp>
#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <memory>
#include <source_location>

namespace curfew::detail {

/// See `client::send`.
task<client_response> call(std::shared_ptr<client_core> core, context ctx, client_request request, std::source_location where);

}  // namespace curfew::detail
