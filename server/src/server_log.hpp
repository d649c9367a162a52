// What the server itself has to say to whoever runs it: lines of the library's log, under the request they are about.
#pragma once

#include "worker.hpp"

#include <curfew/context.hpp>

#include <exception>
#include <string_view>

namespace curfew::detail {

void log_listening(std::string_view where);
/// Something failed that concerns no request; the server goes on.
void log_error(std::string_view attempted, std::string_view what);
/// The same, of an exception that goes no further.
void log_error(std::string_view attempted, const std::exception_ptr& thrown) noexcept;
/// A handler threw something that is no answer.
void log_failure(const context& ctx, const inflight_request& request, std::string_view error);
/// A handler did not end within the grace after its context ended.
void log_straggler(const context& ctx, const inflight_request& request);
/// A straggler has ended: what it returned or threw is dropped.
void log_late(const context& ctx, const inflight_request& request);
/// A handler ended while operations under its context were under way: names them.
void log_leak(const context& ctx, const inflight_request& request);
/// A request that was still there when the server ended.
void log_abandoned(const inflight_request& request);
void log_draining(std::string_view step, std::size_t inflight, std::size_t connections);

}  // namespace curfew::detail
