// Turns exceptions into answers of the user's own.
#pragma once

#include <curfew/context.hpp>
#include <curfew/next.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <exception>
#include <functional>
#include <optional>

namespace curfew {

/// Middleware: asks a function what to answer when the handler, or a middleware further in, throws.
///
/// The server needs no help to survive an exception: it logs it and answers 500, or what an `http_error` says. This is for
/// errors that mean something to the client, and for error pages of one's own. What the function answers with a 5xx is
/// logged as an error, with the trace ID; below that it is the client's affair. Nothing returned: the exception goes on.
///
/// A cancellation is never asked about: neither an error that equals `cond::canceled`, nor anything thrown under a context
/// that has ended. It goes on to the server, which knows what to answer.
///
/// @code
/// routes.use(curfew::recover([](std::exception_ptr thrown, const curfew::context&) -> std::optional<curfew::response> {
///     try {
///         std::rethrow_exception(thrown);
///     } catch (const no_such_note& error) {
///         return curfew::problem_response(curfew::status::not_found, error.what());
///     } catch (...) {
///         return std::nullopt;
///     }
/// }));
/// @endcode
class recover
{
public:
    using function = std::function<std::optional<response>(std::exception_ptr, const context&)>;

    /// `answer` is called on any of the server's threads; what it throws takes the exception's place.
    /// Errors: `std::invalid_argument` if it is empty.
    explicit recover(function answer);

    /// Lifetime: this object is borrowed until the task is done.
    task<response> operator()(context ctx, request req, next inner) const;

private:
    function answer_;
};

}  // namespace curfew
