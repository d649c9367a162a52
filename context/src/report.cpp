#include "report.hpp"

#include <curfew/detail/thrown.hpp>
#include <curfew/log.hpp>

#include <fmt/format.h>

#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace curfew {

namespace detail {

namespace {

std::string place(std::source_location where)
{
    const std::string_view path(where.file_name());
    return fmt::format("{}:{}", path.substr(path.rfind('/') + 1), where.line());
}

/// In full, where it says that a context ended.
std::string full_message_of(const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const context_error& e) {
        return e.cause().to_string();
    } catch (...) {
        return message_of(error);
    }
}

void report(const context* ctx, log_level level, const std::string& line) noexcept
{
    if (logger::enabled(level)) write_log(ctx, level, line);
}

}  // namespace

void report_exception(std::string_view what, std::source_location where, const std::exception_ptr& error) noexcept
try {
    report(nullptr, log_level::error, fmt::format("{} ({}): {}", what, place(where), full_message_of(error)));
} catch (...) {
    // No memory: there is nobody left to tell.
}

void report_ended(const context& ctx, std::string_view what, const std::exception_ptr& error) noexcept
try {
    report(&ctx, is_cancel(error) ? log_level::warn : log_level::error,
           fmt::format("{} '{}' ({}): {}", what, ctx.name(), place(ctx.where()), full_message_of(error)));
} catch (...) {
}

void report_misuse(std::string_view what, std::source_location where) noexcept
try {
    report(nullptr, log_level::warn, fmt::format("{} ({})", what, place(where)));
} catch (...) {
}

}  // namespace detail

context todo(std::source_location where)
{
    static std::mutex                                      mutex;
    static std::set<std::pair<std::string_view, unsigned>> seen;
    {
        std::lock_guard lock(mutex);
        if (seen.emplace(where.file_name(), where.line()).second)
            detail::report_misuse("todo(): a context is missing here", where);
    }
    return background(where);
}

}  // namespace curfew
