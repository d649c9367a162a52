// The exception with which a handler answers.
#pragma once

#include <curfew/fields.hpp>
#include <curfew/status.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace curfew {

/// Ends a handler with an error answer: problem+json of this status, with `what()` as its detail.
///
/// The message is for the client, so it names no internals. `headers` are added to the answer.
class http_error : public std::runtime_error {
public:
    http_error(curfew::status code, const std::string& message, fields headers = {})
        : std::runtime_error(message), status_(code), headers_(std::move(headers))
    {
    }

    curfew::status status() const noexcept { return status_; }
    const fields&  headers() const noexcept { return headers_; }

private:
    curfew::status status_;
    fields         headers_;
};

}  // namespace curfew
