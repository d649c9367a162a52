#include "call_retry.hpp"

#include <curfew/cause.hpp>
#include <curfew/client_error.hpp>
#include <curfew/error.hpp>
#include <curfew/status.hpp>

#include <charconv>
#include <chrono>
#include <string_view>

namespace curfew::detail {

namespace {

// What the producer of a body has written is gone.
bool may_be_sent_twice(const client_request& request) noexcept
{
    return request.idempotent() && !request.is_streamed();
}

// The connection's fault, or time's: not what the other side said, which it would say again.
bool is_passing(const error_code& error)
{
    if (error.category() != client_category()) return true;
    return error == client_errc::connection_closed || error == client_errc::truncated || error == client_errc::timed_out;
}

bool may_try_again(const client_error& failed, const client_request& request)
{
    switch (failed.phase()) {
    case call_phase::prepare:
    case call_phase::queue: return false;
    case call_phase::resolve:
    case call_phase::connect:
    case call_phase::handshake: return is_passing(failed.code());  // nothing of the request has been sent
    case call_phase::send:
    case call_phase::read: return is_passing(failed.code()) && may_be_sent_twice(request);
    }
    return false;
}

}  // namespace

bool asks_to_try_again(const client_exchange& answer, const client_request& request)
{
    const bool refused = answer.status() == status::bad_gateway || answer.status() == status::service_unavailable;
    return refused && may_be_sent_twice(request) && pause_asked_for(answer);
}

std::optional<duration> pause_asked_for(const client_exchange& answer)
{
    const auto text = answer.head().find("Retry-After");
    if (!text) return duration::zero();
    std::uint32_t seconds{};
    const auto    read = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (text->empty() || read.ec != std::errc() || read.ptr != text->data() + text->size()) return std::nullopt;
    return std::chrono::seconds(seconds);
}

bool may_try_again(const std::exception_ptr& error, const client_request& request)
{
    try {
        std::rethrow_exception(error);
    } catch (const not_now&) {
        return true;
    } catch (const client_error& failed) {
        return may_try_again(failed, request);
    } catch (const context_error& ended) {
        // The attempt's own limit: the call's is past retrying, and is not asked about.
        return ended.code() == errc::deadline_exceeded && may_be_sent_twice(request);
    } catch (...) {
        return false;
    }
}

}  // namespace curfew::detail
