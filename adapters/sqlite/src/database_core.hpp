// What a database object and everything leased from it share.
#pragma once

#include "engine.hpp"

#include <curfew/detail/lease.hpp>
#include <curfew/detail/slot_pool.hpp>

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <source_location>
#include <vector>

namespace curfew::sqlite::detail {

using curfew::detail::lent_slot;
using curfew::detail::slot_pool;

class session;

/// A session, or why there is none.
class leased {
public:
    leased() noexcept {}

    std::shared_ptr<session> given;
    outcome                  refused;
};

class database_core : public std::enable_shared_from_this<database_core> {
public:
    using strand = boost::asio::strand<boost::asio::thread_pool::executor_type>;

    explicit database_core(options settings);

    /// Waits for a free connection.
    task<leased> lease(context_here ctx);

    /// Interrupts what runs, refuses what comes, and waits until no worker works.
    void close();
    bool closed() const noexcept { return closing_.load(std::memory_order_acquire); }

    engine&          engine_at(std::size_t index) noexcept { return workers_[index]->connection; }
    strand&          strand_at(std::size_t index) noexcept { return workers_[index]->in_turn; }
    const slot_pool& slots() const noexcept { return *slots_; }
    const options&   settings() const noexcept { return settings_; }

private:
    /// The strand lets the calls of one lease follow each other on whatever thread is free.
    struct worker {
        worker(const options& settings, const std::atomic<bool>& closing, boost::asio::thread_pool& threads)
            : connection(settings, closing), in_turn(threads.get_executor())
        {
        }
        engine connection;
        strand in_turn;
    };

    const options                        settings_;
    std::atomic<bool>                    closing_{false};
    std::shared_ptr<slot_pool>           slots_;
    boost::asio::thread_pool             threads_;
    std::vector<std::unique_ptr<worker>> workers_;
};

/// Says in the leak fixture that a connection is on loan. Belongs to a handle, and so to its loop.
class loan_record {
public:
    explicit loan_record(const context_here& taken);

private:
    std::optional<curfew::detail::lease> record_;
};

}  // namespace curfew::sqlite::detail
