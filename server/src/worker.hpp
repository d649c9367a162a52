// One loop of a server: what its connections share.
#pragma once

#include "heap_trimmer.hpp"
#include "loop_storage.hpp"
#include "route_table.hpp"
#include "session_settings.hpp"

#include <curfew/detail/node.hpp>
#include <curfew/server_options.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace curfew::detail {

class loop;
class request_runner;

/// What all loops of a server share; it does not change while they run.
struct service {
    service(const router& all, server_options chosen)
        : options(std::move(chosen)), settings(options), routes(all)
    {
    }

    server_options   options;
    session_settings settings;
    route_table      routes;
};

/// A request that is being handled, as `/debug/inflight` and the list of the abandoned show it.
struct inflight_request {
    std::string   method, path, route;
    duration      running;
    curfew::cause why;         ///< Empty while it is not canceled.
    std::string   waiting_at;  ///< As far as curfew saw it.
};

/// Counts of one loop, since its start.
struct worker_counts {
    std::uint64_t requests    = 0;  ///< Begun.
    std::uint64_t answered    = 0;  ///< Ended with an answer.
    std::uint64_t refused     = 0;  ///< Of these: malformed, beyond a limit, or too slow.
    std::uint64_t left        = 0;  ///< Ended because their client left.
    std::uint64_t abandoned   = 0;  ///< Ended by the server without a whole answer.
    std::uint64_t stragglers  = 0;  ///< Answered in the place of a handler that did not end.
    std::uint64_t late        = 0;  ///< Of these: whose handler has ended since; its result was dropped.
    std::uint64_t leaks       = 0;  ///< Whose handler left something running.
    std::uint64_t malformed_deadlines = 0;
    std::uint64_t expired     = 0;  ///< Had no time left when they arrived.
};

/// Holds the connections until they are closed and their requests are over; connections hold it in turn. Touched by its
/// loop's thread only.
class worker : public std::enable_shared_from_this<worker> {
public:
    worker(boost::asio::io_context& io, std::shared_ptr<const service> shared, node& server);
    ~worker();
    worker(const worker&)            = delete;
    worker& operator=(const worker&) = delete;

    boost::asio::io_context& io() noexcept { return io_; }
    class loop&              loop() noexcept { return loop_; }
    const service&           shared() const noexcept { return *shared_; }
    loop_storage&            storage() noexcept { return storage_; }
    node&                    root() noexcept { return *root_; }
    worker_counts&           counts() noexcept { return counts_; }
    bool                     draining() const noexcept { return draining_; }
    bool                     abandoned() const noexcept { return abandoned_; }

    void        add(request_runner& connection);
    /// Lets go of a connection, which may be the end of it.
    void        remove(request_runner& connection) noexcept;
    std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }  ///< From any thread.
    /// Connections and, once draining, work detached from requests. From any thread.
    std::size_t left() const noexcept { return connections() + detached_.load(std::memory_order_relaxed); }
    /// Called with the loop's thread each time that became less.
    void on_less_left(std::function<void()> f) { on_less_left_ = std::move(f); }

    /// A connection has been silent for a while, and has given back what it could.
    void        connection_rested() { trimmer_.rested(); }

    void        request_began() noexcept { ++inflight_; }
    void        request_ended() noexcept { --inflight_; }
    std::size_t inflight() const noexcept { return inflight_; }
    /// Describes the requests that are being handled.
    std::vector<inflight_request> snapshot() const;

    /// No further requests: see `http1_session::drain`. Idle connections are closed.
    void drain() noexcept;
    /// Closes idle connections once those have been served whose request has come already.
    void close_idle_soon() noexcept;
    /// Cancels the requests that are left with cause `shutdown`, and closes every idle connection.
    void shut_down() noexcept;
    /// Closes every connection and lets go of it, whatever its request is doing. None is to begin any more.
    void abandon() noexcept;

private:
    void publish() noexcept;

    boost::asio::io_context& io_;
    class loop&              loop_;
    std::shared_ptr<const service> shared_;
    loop_storage             storage_;
    node_ptr<work_node>      root_;
    heap_trimmer             trimmer_;
    worker_counts            counts_;
    request_runner*          first_       = nullptr;
    std::atomic<std::size_t> connections_{0};
    std::size_t              inflight_    = 0;
    bool                     draining_    = false;
    bool                     abandoned_   = false;
    std::atomic<std::size_t> detached_{0};
    std::function<void()>    on_less_left_;
};

}  // namespace curfew::detail
