#include <curfew/middleware/access_log.hpp>

#include "access_line.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace curfew {
namespace {

using spdlog::details::thread_pool;

/// Says how many lines are missing before it passes on the next one.
///
/// A full queue drops its oldest line, so whatever is dropped is followed by a line that is not, and the count comes to
/// stand where the gap is. Used by the pool's thread only, so the pool outlives it.
class gap_sink final : public spdlog::sinks::sink
{
public:
    gap_sink(std::shared_ptr<spdlog::sinks::sink> inner, thread_pool& pool, log_format format)
        : inner_(std::move(inner)), pool_(pool), format_(format)
    {
    }

    void log(const spdlog::details::log_msg& line) override
    {
        const std::uint64_t dropped = pool_.overrun_counter();
        if (dropped != reported_) {
            detail::log_line gap;
            detail::append_gap_line(gap, format_, line.time, dropped - reported_);
            reported_ = dropped;
            auto said    = line;
            said.payload = spdlog::string_view_t(gap.data(), gap.size());
            inner_->log(said);
        }
        inner_->log(line);
        if (pool_.queue_size() == 0)
            inner_->flush();
    }
    void flush() override { inner_->flush(); }
    void set_pattern(const std::string& pattern) override { inner_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override { inner_->set_formatter(std::move(formatter)); }

private:
    std::shared_ptr<spdlog::sinks::sink> inner_;
    thread_pool&                         pool_;
    log_format                           format_;
    std::uint64_t                        reported_ = 0;
};

}  // namespace

class access_log::writer
{
public:
    explicit writer(access_log_options options)
        : format_(options.format),
          user_agent_(options.user_agent),
          pool_(std::make_shared<thread_pool>(options.queue, 1))
    {
        if (!options.sink)
            options.sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
        auto sink = std::make_shared<gap_sink>(std::move(options.sink), *pool_, format_);
        logger_   = std::make_shared<spdlog::async_logger>(std::string(), std::move(sink), pool_,
                                                           spdlog::async_overflow_policy::overrun_oldest);
        logger_->set_pattern("%v");
    }

    void write(const context& ctx, const request& req, const request_record& record) noexcept
    try {
        const auto       now = std::chrono::system_clock::now();
        detail::log_line line;
        detail::append_access_line(line, format_, {ctx, req, record, now, user_agent_});
        logger_->log(now, spdlog::source_loc(), spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    } catch (...) {
        // No memory for the line.
        unformatted_.fetch_add(1, std::memory_order_relaxed);
    }

    std::uint64_t dropped() noexcept { return pool_->overrun_counter() + unformatted_.load(std::memory_order_relaxed); }

private:
    log_format                            format_;
    bool                                  user_agent_;
    std::atomic<std::uint64_t>            unformatted_{0};
    std::shared_ptr<spdlog::async_logger> logger_;  // lines in the queue share it
    std::shared_ptr<thread_pool>          pool_;    // goes first: writes what is queued, and joins its thread
};

access_log::access_log(access_log_options options)
{
    if (options.queue == 0)
        throw std::invalid_argument("access_log: the queue has no room");
    writer_ = std::make_shared<writer>(std::move(options));
}

void access_log::finished(const context& ctx, const request& req, const request_record& record) const noexcept
{
    writer_->write(ctx, req, record);
}

std::uint64_t access_log::dropped() const noexcept
{
    return writer_->dropped();
}

}  // namespace curfew
