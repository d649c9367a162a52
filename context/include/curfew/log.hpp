// The log: every line carries the trace ID of the context it belongs to.
#pragma once

#include <curfew/context.hpp>

#include <fmt/core.h>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>

namespace curfew {

enum class log_level : std::uint8_t { trace, debug, info, warn, error, off };
enum class log_format : std::uint8_t { text, json };

/// How and where the log is written.
struct log_options {
    log_level  level  = log_level::info;  ///< Default: info. Lines below it are not even formatted.
    log_format format = log_format::text;  ///< Default: text.
    /// Lines that may wait for the writing thread; when it is full the oldest is dropped and counted. Default: 8192.
    std::size_t queue = 8192;
    /// Receives each line, on the thread that logs, in place of standard error. Default: none. For tests.
    std::function<void(std::string_view line)> sink;
};

/// Replaces the options of the process's log. Lines already logged are written as they would have been.
///
/// Without a call the defaults hold. Meant for the start of a program and for tests: what a configuration needs is kept
/// until the end of the process, since another thread may be about to use it.
/// Threads: any.
void configure_log(log_options options);

/// Has what waits in the queue written soon; returns at once.
void flush_log();

/// How many lines were dropped because the queue was full.
std::uint64_t log_lines_dropped() noexcept;

/// A named value of a log line: a member in JSON, `name=value` in text. Refers to what it is made of.
class log_field {
public:
    using value_type = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

    log_field(std::string_view name, std::string_view value) noexcept : name_(name), value_(value) {}
    log_field(std::string_view name, const char* value) noexcept : name_(name), value_(std::string_view(value)) {}
    log_field(std::string_view name, bool value) noexcept : name_(name), value_(value) {}
    log_field(std::string_view name, double value) noexcept : name_(name), value_(value) {}
    log_field(std::string_view name, std::signed_integral auto value) noexcept
        : name_(name), value_(static_cast<std::int64_t>(value))
    {
    }
    log_field(std::string_view name, std::unsigned_integral auto value) noexcept
        requires(!std::same_as<decltype(value), bool>)
        : name_(name), value_(static_cast<std::uint64_t>(value))
    {
    }

    std::string_view  name() const noexcept { return name_; }
    const value_type& value() const noexcept { return value_; }

private:
    std::string_view name_;
    value_type       value_;
};

namespace detail {

extern std::atomic<log_level> log_threshold;

/// Writes one line; `ctx` may be null. Never throws: a line that cannot be written is counted as dropped.
void write_log(const context* ctx, log_level level, std::string_view message,
               std::initializer_list<log_field> fields = {}) noexcept;
void write_log(const context* ctx, log_level level, fmt::string_view text, fmt::format_args args) noexcept;

}  // namespace detail

/// Writes lines for one context. Made by `log(ctx)` and used at once; refers to `ctx`.
///
/// Control characters, and bytes that are no UTF-8, are escaped wherever they come from.
class logger {
public:
    explicit logger(const context& ctx) noexcept : ctx_(ctx) {}

    /// True if a line of this level would be written.
    static bool enabled(log_level level) noexcept
    {
        return level >= detail::log_threshold.load(std::memory_order_relaxed);
    }

    template <class... A>
    void debug(fmt::format_string<A...> text, A&&... args) const noexcept
    {
        format(log_level::debug, text, args...);
    }
    template <class... A>
    void info(fmt::format_string<A...> text, A&&... args) const noexcept
    {
        format(log_level::info, text, args...);
    }
    template <class... A>
    void warn(fmt::format_string<A...> text, A&&... args) const noexcept
    {
        format(log_level::warn, text, args...);
    }
    template <class... A>
    void error(fmt::format_string<A...> text, A&&... args) const noexcept
    {
        format(log_level::error, text, args...);
    }

    /// Writes a message with named values.
    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) const noexcept
    {
        if (enabled(level)) detail::write_log(&ctx_, level, message, fields);
    }

private:
    template <class... A>
    void format(log_level level, fmt::string_view text, A&... args) const noexcept
    {
        if (enabled(level)) detail::write_log(&ctx_, level, text, fmt::make_format_args(args...));
    }

    const context& ctx_;
};

/// Gives the logger of `ctx`: `log(ctx).info("{} rows", count)`. The format string is checked at compile time.
inline logger log(const context& ctx) noexcept
{
    return logger(ctx);
}

}  // namespace curfew
