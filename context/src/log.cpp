// The only file of the library that knows spdlog.
#include <curfew/log.hpp>

#include <curfew/detail/log_escape.hpp>

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace curfew {

namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

class function_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit function_sink(std::function<void(std::string_view)> f) : f_(std::move(f)) {}

private:
    void sink_it_(const spdlog::details::log_msg& msg) override
    {
        spdlog::memory_buf_t line;
        formatter_->format(msg, line);
        while (line.size() != 0 && line[line.size() - 1] == '\n') line.resize(line.size() - 1);
        f_(std::string_view(line.data(), line.size()));
    }
    void flush_() override {}

    std::function<void(std::string_view)> f_;
};

/// One configuration of the log, with the queue and the thread that belong to it.
class backend {
public:
    explicit backend(log_options options) : format_(options.format)
    {
        if (options.sink) {
            logger_ = std::make_shared<spdlog::logger>("curfew", std::make_shared<function_sink>(std::move(options.sink)));
        } else {
            writer_ = std::make_shared<spdlog::details::thread_pool>(options.queue, 1);
            logger_ = std::make_shared<spdlog::async_logger>("curfew", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                                             writer_, spdlog::async_overflow_policy::overrun_oldest);
        }
        logger_->set_pattern(format_ == log_format::json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc);
        logger_->set_level(spdlog::level::trace);  // ours decides
    }

    log_format    format() const noexcept { return format_; }
    void          write(spdlog::level::level_enum level, std::string_view line) { logger_->log(level, line); }
    void          flush() { logger_->flush(); }
    std::uint64_t dropped() const noexcept { return writer_ ? writer_->overrun_counter() : 0; }

private:
    log_format                                    format_;
    std::shared_ptr<spdlog::logger>               logger_;
    std::shared_ptr<spdlog::details::thread_pool> writer_;  // goes first: writes what waits, and joins its thread
};

std::atomic<std::uint64_t> failed_lines{0};

/// A backend, once used, stays until the end of the process: another thread may be about to write to it.
class backends {
public:
    static backends& instance()
    {
        static backends all;
        return all;
    }
    backend& current() { return *current_.load(std::memory_order_acquire); }
    void     replace(log_options options)
    {
        std::lock_guard lock(mutex_);
        all_.back()->flush();
        add(std::move(options));
    }
    std::uint64_t dropped()
    {
        std::lock_guard lock(mutex_);
        std::uint64_t   sum = failed_lines.load(std::memory_order_relaxed);
        for (const auto& each : all_) sum += each->dropped();
        return sum;
    }

private:
    backends() { add({}); }
    void add(log_options options)
    {
        all_.push_back(std::make_unique<backend>(std::move(options)));
        current_.store(all_.back().get(), std::memory_order_release);
    }

    std::mutex                            mutex_;
    std::vector<std::unique_ptr<backend>> all_;
    std::atomic<backend*>                 current_{nullptr};
};

spdlog::level::level_enum spdlog_level(log_level level) noexcept
{
    using namespace spdlog::level;
    constexpr std::array levels{trace, debug, info, warn, err, off};
    return levels[static_cast<std::size_t>(level)];
}

// ---- one line

void append_text(std::string& line, std::string_view trace_id, std::string_view message,
                 std::initializer_list<log_field> fields)
{
    if (!trace_id.empty()) line.append("trace=").append(trace_id).append(" ");
    detail::append_escaped(line, message, detail::log_place::bare);
    for (const auto& field : fields) {
        line.append(" ").append(field.name()).append("=");
        std::visit(
            [&]<class T>(const T& value) {
                if constexpr (std::same_as<T, std::string_view>)
                    detail::append_escaped(line, value, detail::log_place::bare);
                else
                    fmt::format_to(std::back_inserter(line), "{}", value);
            },
            field.value());
    }
}

void append_json(std::string& line, std::string_view trace_id, std::string_view message,
                 std::initializer_list<log_field> fields)
{
    const auto string = [&](std::string_view text) {
        line += '"';
        detail::append_escaped(line, text, detail::log_place::json);
        line += '"';
    };
    if (!trace_id.empty()) {
        line += "\"trace_id\":";
        string(trace_id);
        line += ',';
    }
    line += "\"message\":";
    string(message);
    for (const auto& field : fields) {
        line += ',';
        string(field.name());
        line += ':';
        std::visit(
            [&]<class T>(const T& value) {
                if constexpr (std::same_as<T, std::string_view>)
                    string(value);
                else
                    fmt::format_to(std::back_inserter(line), "{}", value);
            },
            field.value());
    }
}

}  // namespace

void configure_log(log_options options)
{
    const auto level = options.level;
    backends::instance().replace(std::move(options));
    detail::log_threshold.store(level, std::memory_order_relaxed);
}

void flush_log()
{
    backends::instance().current().flush();
}

std::uint64_t log_lines_dropped() noexcept
{
    return backends::instance().dropped();
}

namespace detail {

std::atomic<log_level> log_threshold{log_level::info};

void write_log(const context* ctx, log_level level, std::string_view message,
               std::initializer_list<log_field> fields) noexcept
try {
    auto&       to = backends::instance().current();
    std::string line;
    const bool  traced   = ctx && !ctx->trace().empty();
    const auto  trace_id = traced ? ctx->trace().id_text() : fixed_text<32>();
    if (to.format() == log_format::json)
        append_json(line, trace_id, message, fields);
    else
        append_text(line, trace_id, message, fields);
    to.write(spdlog_level(level), line);
} catch (...) {
    failed_lines.fetch_add(1, std::memory_order_relaxed);
}

void write_log(const context* ctx, log_level level, fmt::string_view text, fmt::format_args args) noexcept
try {
    fmt::memory_buffer message;
    fmt::vformat_to(std::back_inserter(message), text, args);
    write_log(ctx, level, std::string_view(message.data(), message.size()));
} catch (...) {
    failed_lines.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace detail

}  // namespace curfew
