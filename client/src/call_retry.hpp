// Whether a call that failed is made again.
#pragma once

#include "client_exchange.hpp"

#include <curfew/clock.hpp>
#include <curfew/client_request.hpp>

#include <exception>
#include <memory>
#include <optional>

namespace curfew::detail {

/// An answer with which the other side says: not now. Thrown between attempts; the last one is the call's answer.
class not_now : public std::exception {
public:
    explicit not_now(std::unique_ptr<client_exchange> answer)
        : answer_(std::make_shared<std::unique_ptr<client_exchange>>(std::move(answer)))
    {
    }
    std::unique_ptr<client_exchange> take() const noexcept { return std::move(*answer_); }

private:
    std::shared_ptr<std::unique_ptr<client_exchange>> answer_;  // exceptions are copied
};

/// Whether the answer is a reason to ask again: 502 or 503, to a request that may be sent twice. A 504 never is, as it says
/// that time was up.
bool asks_to_try_again(const client_exchange& answer, const client_request& request);

/// How long the other side wants to be left alone, at least. Nothing if it names a date: not within this call.
std::optional<duration> pause_asked_for(const client_exchange& answer);

/// Whether a failure may be over the next time, and another attempt does no harm.
bool may_try_again(const std::exception_ptr& error, const client_request& request);

}  // namespace curfew::detail
