#include "access_line.hpp"

#include <curfew/detail/log_escape.hpp>
#include <curfew/detail/thrown.hpp>
#include <curfew/middleware/tracing.hpp>

#include <cstdint>
#include <iterator>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

namespace curfew::detail {
namespace {

/// What a refused head did not tell.
std::string_view or_none(std::string_view text)
{
    return text.empty() ? std::string_view("-") : text;
}

/// UTC, in milliseconds: RFC 3339.
void append_time(log_line& to, wall_time when)
{
    using namespace std::chrono;
    const auto            day = floor<days>(when);
    const year_month_day  date(day);
    const hh_mm_ss        time(floor<milliseconds>(when - day));
    fmt::format_to(std::back_inserter(to), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                   time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

/// In milliseconds, to the microsecond. Never negative: neither is any time that a request takes.
void append_milliseconds(log_line& to, duration took)
{
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    fmt::format_to(std::back_inserter(to), "{}.{:03}", micros / 1000, micros % 1000);
}

void append_place(log_line& to, std::source_location where)
{
    const std::string_view path(where.file_name());
    append_escaped(to, path.substr(path.rfind('/') + 1), log_place::json);
    fmt::format_to(std::back_inserter(to), ":{}", where.line());
}

// ---- text

void append_quoted(log_line& to, std::string_view label, std::string_view value)
{
    to.append(label);
    to.push_back('"');
    append_escaped(to, value, log_place::quoted);
    to.push_back('"');
}

void append_text(log_line& to, const access_entry& entry)
{
    const auto& [ctx, req, record, finished, user_agent] = entry;
    const auto out = std::back_inserter(to);

    append_time(to, finished);
    fmt::format_to(out, " {} ", or_none(to_string(req.method())));
    append_quoted(to, "", or_none(req.target()));
    fmt::format_to(out, " {} {} ", to_int(record.status), to_string(record.outcome));
    append_milliseconds(to, record.took);
    fmt::format_to(out, "ms {}B", record.sent);

    append_quoted(to, " route=", req.route());
    to.append(std::string_view(" peer="));
    append_escaped(to, req.peer(), log_place::quoted);
    const auto trace = ctx.trace().id_text();
    fmt::format_to(out, " trace={} span={}", trace.view(), ctx.trace().span_text().view());
    if (const auto id = request_id(ctx, req); id != trace.view())
        fmt::format_to(out, " id={}", id.view());
    if (!record.reason.empty())
        append_quoted(to, " reason=", record.reason);
    if (record.why) {
        append_quoted(to, " cause=", record.why.to_string());
        to.append(std::string_view(" quiet="));
        append_milliseconds(to, record.quiet);
        fmt::format_to(out, "ms stopped={}", record.stopped);
    }
    if (user_agent)
        append_quoted(to, " agent=", req.header("user-agent").value_or(std::string_view()));
}

// ---- JSON

/// Writes the members of one object. Names are ours and need no escaping.
class json_object
{
public:
    explicit json_object(log_line& to) : to_(to) { to_.push_back('{'); }
    void close() { to_.push_back('}'); }

    void text(std::string_view name, std::string_view value)
    {
        begin(name).push_back('"');
        append_escaped(to_, value, log_place::json);
        to_.push_back('"');
    }
    void text_unless_empty(std::string_view name, std::string_view value)
    {
        if (!value.empty())
            text(name, value);
    }
    void number(std::string_view name, std::uint64_t value) { fmt::format_to(std::back_inserter(begin(name)), "{}", value); }
    void milliseconds(std::string_view name, duration value) { append_milliseconds(begin(name), value); }

    /// Begins a member; the caller writes its value.
    log_line& begin(std::string_view name)
    {
        if (!first_)
            to_.push_back(',');
        first_ = false;
        to_.push_back('"');
        to_.append(name);
        to_.append(std::string_view("\":"));
        return to_;
    }

private:
    log_line& to_;
    bool      first_ = true;
};

void append_cause(log_line& to, const cause& why)
{
    json_object object(to);
    object.text("kind", to_string(why.kind()));
    if (why.how() != disconnect_how::none)
        object.text("how", to_string(why.how()));
    if (why.origin() != deadline_origin::none) {
        object.text("origin", to_string(why.origin()));
        object.text_unless_empty("header", why.header());
        object.milliseconds("configured_ms", why.configured());
    }
    object.milliseconds("elapsed_ms", why.elapsed());
    if (why.remaining())
        object.milliseconds("remaining_ms", *why.remaining());
    object.text_unless_empty("scope", why.scope());
    if (why.where().line() != 0) {
        object.begin("where").push_back('"');
        append_place(to, why.where());
        to.push_back('"');
    }
    object.text_unless_empty("text", why.text());
    if (why.error())
        object.text("error", message_of(why.error()));
    object.close();
}

void append_json(log_line& to, const access_entry& entry)
{
    const auto& [ctx, req, record, finished, user_agent] = entry;

    json_object object(to);
    object.begin("time").push_back('"');
    append_time(to, finished);
    to.push_back('"');
    object.text("method", or_none(to_string(req.method())));
    object.text("target", or_none(req.target()));
    object.text("route", req.route());
    object.number("status", to_int(record.status));
    object.text("outcome", to_string(record.outcome));
    object.milliseconds("duration_ms", record.took);
    object.number("bytes", record.sent);
    object.text("peer", req.peer());
    object.text("trace_id", ctx.trace().id_text());
    object.text("span_id", ctx.trace().span_text());
    object.text("request_id", request_id(ctx, req));
    object.text_unless_empty("reason", record.reason);
    if (record.why) {
        object.begin("cause");
        append_cause(to, record.why);
        object.milliseconds("cancel_to_quiet_ms", record.quiet);
        object.number("operations_stopped", record.stopped);
    }
    if (user_agent)
        object.text("user_agent", req.header("user-agent").value_or(std::string_view()));
    object.close();
}

}  // namespace

void append_access_line(log_line& to, log_format format, const access_entry& entry)
{
    if (format == log_format::json)
        append_json(to, entry);
    else
        append_text(to, entry);
}

void append_gap_line(log_line& to, log_format format, wall_time now, std::uint64_t dropped)
{
    if (format == log_format::text) {
        append_time(to, now);
        fmt::format_to(std::back_inserter(to), " {} lines dropped", dropped);
        return;
    }
    json_object object(to);
    object.begin("time").push_back('"');
    append_time(to, now);
    to.push_back('"');
    object.number("lines_dropped", dropped);
    object.close();
}

}  // namespace curfew::detail
