// What a client has on one loop: its pools, and how it connects.
#pragma once

#include "client_connector.hpp"
#include "origin_pool.hpp"

#include <curfew/client_options.hpp>
#include <curfew/context.hpp>
#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/lease.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/retry_budget.hpp>
#include <curfew/task.hpp>

#include <map>
#include <memory>
#include <set>
#include <source_location>
#include <utility>

namespace curfew::detail {

class client_loop;

/// A place in a pool, and its connection. Gives both back when destroyed; a connection that was used is closed then.
///
/// Lives and ends on its loop's thread.
class pool_place {
public:
    using pool_entry = std::pair<const detail::origin, origin_pool>;

    pool_place(std::shared_ptr<client_loop> in, pool_entry& pool, stream_ptr stream, std::source_location where);
    pool_place(pool_place&&) noexcept = default;
    pool_place& operator=(pool_place&&) = delete;
    ~pool_place();

    const detail::origin& origin() const noexcept { return pool_->first; }
    client_loop&          owner() const noexcept { return *in_; }

    bool           has_stream() const noexcept { return stream_ != nullptr; }
    client_stream& stream() const noexcept { return *stream_; }
    /// Whether the connection has served another request before.
    bool           is_kept() const noexcept { return kept_; }
    void           adopt(stream_ptr fresh) noexcept
    {
        stream_ = std::move(fresh);
        kept_   = false;
    }

    /// Whatever happens from now on, the connection is good for nobody else unless it is given back.
    void use() noexcept { used_ = true; }
    /// Closes the connection, and keeps the place.
    void close_stream(bool reset) noexcept;
    /// Takes the next idle connection in the place of this one, which is closed.
    void replace_stream() noexcept;

    /// Ends the place: the next call may have the connection.
    void give_back() noexcept;
    /// Ends the place; closes the connection.
    void give_up() noexcept;

private:
    std::shared_ptr<client_loop> in_;
    pool_entry*                  pool_;
    stream_ptr                   stream_;
    bool                         kept_;
    bool                         used_ = false;
    lease                        item_;
};

/// The share that one loop has in a client. Touched on that loop's thread only.
class client_loop : public std::enable_shared_from_this<client_loop> {
public:
    client_loop(detail::loop& on, std::shared_ptr<const client_options> options, std::unique_ptr<client_connector> connector);
    ~client_loop();
    client_loop(const client_loop&)            = delete;
    client_loop& operator=(const client_loop&) = delete;

    detail::loop&         loop() const noexcept { return loop_; }
    const std::shared_ptr<const client_options>& options() const noexcept { return options_; }
    client_connector&     connector() const noexcept { return *connector_; }

    /// Waits for a place; it comes with an idle connection if there is one.
    ///
    /// Errors:   `client_errc::queue_full`; the context's error if `ctx` ends.
    /// Lifetime: `ctx` and `to` are borrowed until completion.
    task<pool_place> acquire(const context& ctx, const origin& to, std::source_location where);

    /// What is left for retries of calls to this origin.
    std::shared_ptr<retry_budget> retries_to(const origin& to);

    /// The client is gone: closes what is idle, keeps nothing from now on. Calls under way go on.
    void close() noexcept;
    /// The io_context goes: destroys the coroutines that wait, and passes nothing on any more.
    void abandon() noexcept;

private:
    friend class pool_place;
    class queued_call;
    using pool_entry = pool_place::pool_entry;

    pool_entry& pool_of(const origin& to);
    void        settle(pool_entry& pool) noexcept;
    void        rearm(time_point when) noexcept;
    static void on_time(deadline_entry& entry, deadline_event event) noexcept;

    struct known_budget {
        std::shared_ptr<retry_budget> budget;
        time_point                    used;
    };
    struct expiry_timer final : deadline_entry {
        explicit expiry_timer(client_loop& l) noexcept : deadline_entry(&client_loop::on_time), owner(l) {}
        client_loop& owner;
    };

    detail::loop&                         loop_;
    std::shared_ptr<const client_options> options_;
    std::unique_ptr<client_connector>     connector_;
    std::map<origin, origin_pool>         pools_;
    std::map<origin, known_budget>        budgets_;
    expiry_timer                          expiry_{*this};
    time_point                            armed_for_ = time_point::max();
    std::set<queued_call*>                queued_;
    bool                                  closed_    = false;
    bool                                  abandoned_ = false;
};

}  // namespace curfew::detail
