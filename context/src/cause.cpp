#include <curfew/cause.hpp>

#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/log_escape.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/detail/thrown.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <new>

namespace curfew {

std::string_view to_string(cause_kind kind) noexcept
{
    switch (kind) {
    case cause_kind::none: return "none";
    case cause_kind::client_disconnected: return "client_disconnected";
    case cause_kind::deadline_exceeded: return "deadline_exceeded";
    case cause_kind::shutdown: return "shutdown";
    case cause_kind::shed: return "shed";
    case cause_kind::sibling_failed: return "sibling_failed";
    case cause_kind::race_lost: return "race_lost";
    case cause_kind::scope_left: return "scope_left";
    case cause_kind::request_finished: return "request_finished";
    case cause_kind::aborted_by_operator: return "aborted_by_operator";
    case cause_kind::canceled: return "canceled";
    }
    return "unknown";
}

std::string_view to_string(disconnect_how how) noexcept
{
    switch (how) {
    case disconnect_how::none: return "none";
    case disconnect_how::fin: return "fin";
    case disconnect_how::reset: return "reset";
    case disconnect_how::tls_close: return "tls_close";
    case disconnect_how::h2_reset: return "h2_reset";
    case disconnect_how::peer_timeout: return "peer_timeout";
    case disconnect_how::write_failed: return "write_failed";
    }
    return "unknown";
}

std::string_view to_string(deadline_origin origin) noexcept
{
    switch (origin) {
    case deadline_origin::none: return "none";
    case deadline_origin::route: return "route";
    case deadline_origin::server_default: return "server_default";
    case deadline_origin::inbound_header: return "inbound_header";
    case deadline_origin::timeout_in_code: return "timeout_in_code";
    }
    return "unknown";
}

cause_kind           cause::kind() const noexcept { return record_ ? record_->kind : cause_kind::none; }
disconnect_how       cause::how() const noexcept { return record_ ? record_->how : disconnect_how::none; }
deadline_origin      cause::origin() const noexcept { return record_ ? record_->origin : deadline_origin::none; }
std::string_view     cause::header() const noexcept { return record_ ? record_->header : ""; }
std::string_view     cause::scope() const noexcept { return record_ ? record_->scope : ""; }
std::source_location cause::where() const noexcept { return record_ ? record_->where : std::source_location(); }
cause::duration      cause::configured() const noexcept { return record_ ? record_->configured : duration::zero(); }
cause::duration      cause::elapsed() const noexcept { return record_ ? record_->elapsed : duration::zero(); }
std::exception_ptr   cause::error() const noexcept { return record_ ? record_->error : nullptr; }
std::string_view     cause::text() const noexcept { return record_ ? std::string_view(record_->text) : ""; }
std::optional<cause::duration> cause::remaining() const noexcept
{
    return record_ ? record_->remaining : std::nullopt;
}

namespace {

std::string milliseconds(cause::duration d)
{
    return fmt::format("{:.1f}ms", std::chrono::duration<double, std::milli>(d).count());
}

std::string_view file_name(const char* path)
{
    const std::string_view whole(path);
    return whole.substr(whole.rfind('/') + 1);
}

}  // namespace

std::string cause::to_string() const
{
    if (!record_) return "none";
    std::string line(curfew::to_string(kind()));
    if (how() != disconnect_how::none) line.append(" (").append(curfew::to_string(how())).append(")");
    if (origin() != deadline_origin::none) {
        line.append(" (").append(curfew::to_string(origin()));
        if (!header().empty()) line.append(" ").append(header());
        line.append(" ").append(milliseconds(configured())).append(")");
    }
    line.append(" after ").append(milliseconds(elapsed()));
    if (remaining()) line.append(", ").append(milliseconds(*remaining())).append(" left");
    if (!scope().empty()) line.append(", scope ").append(scope());
    if (where().line() != 0) line += fmt::format(" at {}:{}", file_name(where().file_name()), where().line());
    if (!text().empty()) detail::append_escaped(line.append(": "), text(), detail::log_place::bare);
    if (error()) detail::append_escaped(line.append(": "), detail::message_of(error()), detail::log_place::bare);
    return line;
}

namespace detail {

void retain(const cause_record* record) noexcept
{
    if (record) record->references.fetch_add(1, std::memory_order_relaxed);
}

void release(const cause_record* record) noexcept
{
    if (record && record->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete record;
}

const cause_record* shared_cause(cause_kind kind) noexcept
{
    // Never freed, as one reference stays.
    static std::array<cause_record, static_cast<std::size_t>(cause_kind::canceled) + 1> records;
    static const bool named = [] {
        for (std::size_t i = 0; i < records.size(); ++i) records[i].kind = static_cast<cause_kind>(i);
        return true;
    }();
    static_cast<void>(named);
    const cause_record& record = records[static_cast<std::size_t>(kind)];
    retain(&record);
    return &record;
}

cause_record* make_full_cause(cause_kind kind, const node& at, std::source_location where) noexcept
{
    auto* record = new (std::nothrow) cause_record;
    if (!record) return nullptr;
    const auto now  = at.loop().now();
    record->kind    = kind;
    record->scope   = at.name();
    record->where   = where;
    record->elapsed = now - at.work().started();
    if (at.deadline() != node::no_deadline) record->remaining = std::max(at.deadline() - now, duration::zero());
    return record;
}

}  // namespace detail

}  // namespace curfew
