// The only file of the library that knows spdlog.
#include "report.hpp"

#include <curfew/context.hpp>

#include <spdlog/spdlog.h>

#include <mutex>
#include <set>
#include <utility>

namespace curfew {

namespace detail {

namespace {

std::string_view file_name(std::source_location where)
{
    const std::string_view path(where.file_name());
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

void report_exception(std::string_view what, std::source_location where, const std::exception_ptr& error) noexcept
try {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        spdlog::error("{} ({}:{}): {}", what, file_name(where), where.line(), e.what());
    }
} catch (...) {
    // Logging failed, or something that is no std::exception was thrown: there is nobody left to tell.
}

void report_misuse(std::string_view what, std::source_location where) noexcept
try {
    spdlog::warn("{} ({}:{})", what, file_name(where), where.line());
} catch (...) {
}

}  // namespace detail

context todo(std::source_location where)
{
    static std::mutex                                         mutex;
    static std::set<std::pair<std::string_view, unsigned>> seen;
    {
        std::lock_guard lock(mutex);
        if (seen.emplace(where.file_name(), where.line()).second)
            detail::report_misuse("todo(): a context is missing here", where);
    }
    return background(where);
}

}  // namespace curfew
