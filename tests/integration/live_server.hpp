// A real server on a free port, and the records of its requests.
#pragma once

#include "raw_client.hpp"

#include <curfew/middleware.hpp>
#include <curfew/outcome.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace curfew::testing {

/// Collects the records of finished requests, and lets a test wait for them.
class request_log {
public:
    struct entry {
        std::string    target;
        request_record record;
    };

    /// The middleware that fills it.
    auto recorder() const
    {
        struct hooks {
            std::shared_ptr<state> shared;
            void finished(const context&, const request& req, const request_record& record) const
            {
                std::lock_guard lock(shared->mutex);
                shared->entries.push_back({std::string(req.target()), record});
                shared->changed.notify_all();
            }
        };
        return hooks{shared_};
    }

    /// The records, once there are `count` of them.
    std::vector<entry> wait_for(std::size_t count)
    {
        std::unique_lock lock(shared_->mutex);
        if (!shared_->changed.wait_for(lock, std::chrono::milliseconds(raw_client::guard_ms),
                                       [&] { return shared_->entries.size() >= count; }))
            ADD_FAILURE() << "only " << shared_->entries.size() << " of " << count << " requests came to an end";
        return shared_->entries;
    }

private:
    struct state {
        std::mutex              mutex;
        std::condition_variable changed;
        std::vector<entry>      entries;
    };
    std::shared_ptr<state> shared_ = std::make_shared<state>();
};

/// An event that a handler signals and a test waits for.
class event {
public:
    void set()
    {
        std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    bool wait(unsigned count = 1)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::milliseconds(raw_client::guard_ms), [&] { return count_ >= count; });
    }

    bool is_set()
    {
        std::lock_guard lock(mutex_);
        return count_ != 0;
    }

private:
    std::mutex              mutex_;
    std::condition_variable changed_;
    unsigned                count_ = 0;
};

/// Runs `server::run` on a thread of its own until it is stopped.
class live_server {
public:
    explicit live_server(router routes, server_options options = {})
        : server_(std::move(routes), with_defaults(std::move(options)))
    {
        server_.listen();
        thread_ = std::thread([this] { exit_code_ = server_.run(); });
    }
    ~live_server() { stop(); }

    int stop()
    {
        server_.stop();
        return wait();
    }
    int wait()
    {
        if (thread_.joinable()) thread_.join();
        return exit_code_;
    }

    curfew::server& server() noexcept { return server_; }
    std::string     endpoint() const { return server_.local_endpoints().front(); }
    raw_client      connect() const { return raw_client(endpoint()); }

private:
    static server_options with_defaults(server_options options)
    {
        if (options.listen.empty()) options.listen = {"127.0.0.1:0"};
        if (options.threads == 0) options.threads = 1;
        options.handle_signals = false;
        return options;
    }

    curfew::server server_;
    int            exit_code_ = -1;
    std::thread    thread_;
};

}  // namespace curfew::testing
