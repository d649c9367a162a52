// How a request ended.
#pragma once

#include <curfew/cause.hpp>
#include <curfew/clock.hpp>
#include <curfew/status.hpp>

#include <cstdint>
#include <string_view>

namespace curfew {

/// Every request has exactly one.
enum class outcome : unsigned char {
    completed,    ///< Its answer was sent.
    client_gone,  ///< The client left; nothing was sent, or the answer was broken off.
    deadline,     ///< Its deadline passed.
    canceled,     ///< Canceled by other than these.
    refused,      ///< No valid request, or beyond a limit.
    shed,         ///< Refused under load.
    shutdown,     ///< The server's drain limit passed.
    failed,       ///< The handler threw.
};

std::string_view to_string(outcome) noexcept;

/// What became of one request; given to the `finished` hook of a middleware.
struct request_record {
    curfew::outcome outcome = curfew::outcome::completed;
    curfew::status  status  = curfew::status::ok;    ///< As sent; 499 if nothing was.
    std::uint64_t   sent    = 0;                     ///< Bytes of the body.
    duration        took    = duration::zero();      ///< From the request's first byte until the last of it was over.
    duration        quiet   = duration::zero();      ///< From the cancel, if there was one, until the last of it was over.
    /// Operations that the end of the context stopped: those begun with `bind_context`, sleeps, and work on other threads.
    std::uint32_t   stopped = 0;
    curfew::cause   why;                             ///< What ended the context while the request ran; empty if nothing did.
    std::string_view reason;                         ///< What was wrong with a refused request: a literal; else empty.
};

}  // namespace curfew
