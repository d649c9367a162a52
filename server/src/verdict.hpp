// What an exception that left a handler means for the request.
#pragma once

#include "refusal.hpp"

#include <curfew/context.hpp>
#include <curfew/outcome.hpp>
#include <curfew/response.hpp>

#include <exception>
#include <optional>
#include <string>

namespace curfew::detail {

struct verdict {
    curfew::outcome         outcome = curfew::outcome::failed;
    std::optional<response> answer;        ///< None: the client is gone.
    std::string             error;         ///< For the log; empty unless the handler failed, be it after its context had ended.
};

/// Judges an exception. What ended the request's context decides, and not the type of the exception that came of it.
///
/// `refused`: why the body could not be read, if it could not.
verdict judge(const std::exception_ptr& error, const context& request, const std::optional<refusal>& refused);

/// The verdict on a request whose context has ended and that gave no answer of its own. Precondition: it has.
verdict judge_ended(const context& request);

/// Tells what the end of a request's context makes of the request.
outcome outcome_of(const context& request) noexcept;

}  // namespace curfew::detail
