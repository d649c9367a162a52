#include "server_log.hpp"

#include <curfew/detail/node.hpp>
#include <curfew/detail/thrown.hpp>
#include <curfew/log.hpp>

#include <fmt/core.h>

#include <chrono>
#include <string>

namespace curfew::detail {

namespace {

std::string_view or_none(std::string_view text) noexcept
{
    return text.empty() ? std::string_view("-") : text;
}

std::string name(const inflight_request& request)
{
    return request.method + " " + request.path + " (route " + std::string(or_none(request.route)) + ")";
}

long long milliseconds(duration d)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

// Names what hangs under a node, the node's own descendants included.
void add_names(node& under, std::string& names)
{
    under.for_each_hook([&](const hook& h) {
        const auto what = h.describe();
        if (what.kind == hook_description::kind_type::coroutine) return;  // the request's own
        if (!names.empty()) names += ", ";
        names += what.name;
        if (what.where.line() == 0) return;
        names += " at ";
        names += what.where.file_name();
        names += ":" + std::to_string(what.where.line());
    });
}

// A line that belongs to no request.
template <class... A>
void write(log_level level, fmt::format_string<A...> text, const A&... args)
{
    if (logger::enabled(level)) write_log(nullptr, level, text, fmt::make_format_args(args...));
}

}  // namespace

void log_listening(std::string_view where)
{
    write(log_level::info, "listening on {}", where);
}

void log_error(std::string_view attempted, std::string_view what)
{
    write(log_level::error, "{}: {}", attempted, what);
}

void log_error(std::string_view attempted, const std::exception_ptr& thrown) noexcept
try {
    log_error(attempted, message_of(thrown));
} catch (...) {
    // Nor is there memory for the line.
}

void log_failure(const context& ctx, const inflight_request& request, std::string_view error)
{
    log(ctx).error("{} failed: {}", name(request), error);
}

void log_straggler(const context& ctx, const inflight_request& request)
{
    log(ctx).warn("{} goes on {} ms after its start although canceled ({}); waiting at {}", name(request),
                 milliseconds(request.running), request.why.to_string(), or_none(request.waiting_at));
}

void log_late(const context& ctx, const inflight_request& request)
{
    log(ctx).warn("{} has come home {} ms after its start; its result is dropped", name(request), milliseconds(request.running));
}

void log_leak(const context& ctx, const inflight_request& request)
{
    std::string names;
    add_names(ctx.life(), names);
    log(ctx).error("{} ended and left running: {}", name(request), or_none(names));
}

void log_abandoned(const inflight_request& request)
{
    write(log_level::error, "abandoned after {} ms: {} ({}); waiting at {}", milliseconds(request.running), name(request),
                  request.why.to_string(), or_none(request.waiting_at));
}

void log_draining(std::string_view step, std::size_t inflight, std::size_t connections)
{
    write(log_level::info, "draining: {}; {} requests in flight, {} connections", step, inflight, connections);
}

}  // namespace curfew::detail
