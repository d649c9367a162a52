// A sink that keeps its lines.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>
#include <vector>

namespace curfew {

/// Thread safety: shared objects: safe.
class captured_log final : public spdlog::sinks::base_sink<std::mutex>
{
public:
    std::vector<std::string> lines()
    {
        std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    void sink_it_(const spdlog::details::log_msg& line) override
    {
        lines_.emplace_back(line.payload.data(), line.payload.size());
    }
    void flush_() override {}

    std::vector<std::string> lines_;
};

}  // namespace curfew
