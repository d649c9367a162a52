#include "verdict.hpp"

#include <curfew/detail/thrown.hpp>
#include <curfew/error.hpp>
#include <curfew/http_error.hpp>
#include <curfew/problem.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <utility>

namespace curfew::detail {

namespace {

// To the client: what happened and whose limit it was, but no names, places or errors of the program.
response deadline_answer(const context& request, const cause& why)
{
    problem      what(status::gateway_timeout);
    const bool   from_header = why.origin() == deadline_origin::inbound_header;
    const auto   budget      = std::chrono::duration_cast<std::chrono::milliseconds>(why.configured()).count();
    what.detail("The deadline of this request has passed.");
    what.with("kind", to_string(cause_kind::deadline_exceeded));
    what.with("budget_ms", static_cast<long long>(budget));
    what.with("origin", from_header ? why.header() : std::string_view("server"));
    if (!request.trace().empty()) what.with("trace_id", request.trace().id_text().view());
    return problem_response(what);
}

response unavailable_answer(const context& request, cause_kind kind)
{
    problem what(status::service_unavailable);
    what.with("kind", to_string(kind));
    if (!request.trace().empty()) what.with("trace_id", request.trace().id_text().view());
    auto answer = problem_response(what);
    if (kind == cause_kind::shutdown || kind == cause_kind::shed) answer.header("retry-after", "1");
    return answer;
}

verdict judge_cause(const context& request, const cause& why)
{
    verdict result;
    switch (why.kind()) {
    case cause_kind::client_disconnected: result.outcome = outcome::client_gone; break;
    case cause_kind::deadline_exceeded:
        result.outcome = outcome::deadline;
        result.answer  = deadline_answer(request, why);
        break;
    case cause_kind::shutdown: result.outcome = outcome::shutdown; break;
    case cause_kind::shed: result.outcome = outcome::shed; break;
    default: result.outcome = outcome::canceled; break;
    }
    if (!result.answer && result.outcome != outcome::client_gone)
        result.answer = unavailable_answer(request, why.kind());
    return result;
}

verdict judge_error(const std::exception_ptr& error, const context& request, const std::optional<refusal>& refused)
{
    verdict result;
    try {
        std::rethrow_exception(error);
    } catch (const http_error& thrown) {
        result.outcome = refused ? outcome::refused : outcome::completed;
        result.answer  = problem_response(thrown.status(), thrown.what());
        for (const auto& field : thrown.headers()) result.answer->headers().append(field.name, field.value);
        return result;
    } catch (const context_error& thrown) {
        // A deadline that the handler gave to a part of its work.
        if (thrown.code() == errc::deadline_exceeded) return judge_cause(request, thrown.cause());
        result.error = thrown.what();
    } catch (const boost::system::system_error& thrown) {
        if (thrown.code() == errc::deadline_exceeded) {
            result.outcome = outcome::deadline;
            result.answer  = deadline_answer(request, {});
            return result;
        }
        result.error = thrown.what();
    } catch (...) {
        result.error = message_of(error);
    }
    result.answer = problem_response(status::internal_server_error);
    return result;
}

// What else is thrown once a request's context has ended: empty if it only says that, or was meant as an answer.
std::string failure_besides(const std::exception_ptr& error, const context& request)
{
    try {
        std::rethrow_exception(error);
    } catch (const http_error&) {
        return {};
    } catch (const boost::asio::multiple_exceptions& several) {
        return failure_besides(several.first_exception(), request);
    } catch (const boost::system::system_error& thrown) {
        const auto code     = thrown.code();
        const bool canceled = code == cond::canceled || code == boost::asio::error::operation_aborted;
        const bool gone     = code == boost::asio::error::eof || code == boost::asio::error::broken_pipe;
        const bool said     = canceled || (gone && request.cause().kind() == cause_kind::client_disconnected);
        return said ? std::string() : thrown.what();
    } catch (...) {
        return message_of(error);
    }
}

}  // namespace

verdict judge(const std::exception_ptr& error, const context& request, const std::optional<refusal>& refused)
{
    if (!request.done()) return judge_error(error, request, refused);
    auto result  = judge_ended(request);
    result.error = failure_besides(error, request);
    return result;
}

verdict judge_ended(const context& request)
{
    return judge_cause(request, request.cause());
}

outcome outcome_of(const context& request) noexcept
{
    switch (request.cause().kind()) {
    case cause_kind::none: return outcome::failed;
    case cause_kind::client_disconnected: return outcome::client_gone;
    case cause_kind::deadline_exceeded: return outcome::deadline;
    case cause_kind::shutdown: return outcome::shutdown;
    case cause_kind::shed: return outcome::shed;
    default: return outcome::canceled;
    }
}

}  // namespace curfew::detail
