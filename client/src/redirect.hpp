// Redirects, for those who want them followed.
#pragma once

#include "call_target.hpp"

#include <curfew/client_request.hpp>
#include <curfew/fields.hpp>
#include <curfew/status.hpp>

#include <optional>

namespace curfew::detail {

/// Where an answer sends a request on. Nothing if it does not, or if it cannot be followed: to another scheme, to nowhere,
/// or with a body that is produced once.
std::optional<call_target> redirect_of(status answer, const fields& head, const call_target& from, const client_request& request);

/// Makes the request one for `to`: a GET where the status says so, and without credentials for another origin.
void follow_redirect(client_request& request, status answer, const call_target& from, const call_target& to);

}  // namespace curfew::detail
