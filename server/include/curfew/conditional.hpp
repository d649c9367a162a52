// Answers that a client need not be sent again.
#pragma once

#include <curfew/request.hpp>
#include <curfew/response.hpp>

namespace curfew {

/// Adds an `ETag` to an answer, or makes it a 304 if the request's `If-None-Match` says that the client has it already.
///
/// The tag is made from the body, which therefore is produced all the same: this saves the network, not the work. A tag
/// that the answer already has is kept. Answers that are no 200 to GET or HEAD, and streams without a tag, pass unchanged.
response with_etag(const request& req, response answer);

}  // namespace curfew
