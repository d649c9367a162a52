// One loop of a server, with its listeners and, unless it is the user's, its thread.
#pragma once

#include "listener.hpp"
#include "worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace curfew::detail {

class server_loop {
public:
    /// A loop of its own, or one that is `borrowed`. `on_less_left`: see `worker`.
    server_loop(std::shared_ptr<const service> shared, node& root, boost::asio::io_context* borrowed,
                std::function<void()> on_less_left);
    /// Closes everything. Precondition: nobody runs the loop, or this is its thread.
    ~server_loop();

    /// Accepts on `socket` from when the loop runs. Precondition: the thread has not been started.
    void listen(listening_socket socket, std::size_t max_connections);

    /// Runs the loop on a thread of its own, which calls `on_ended` at last. What is thrown out of it is logged and counted,
    /// and it goes on.
    void start(std::function<void()> on_ended);
    void join();

    /// Calls `f()` on the loop.
    template <class F>
    void post(F f)
    {
        boost::asio::post(*io_, std::move(f));
    }

    // ---- from any thread
    std::size_t   left() const noexcept { return worker_->left(); }
    std::uint64_t escaped() const noexcept { return escaped_.load(std::memory_order_relaxed); }

    // ---- on the loop
    class worker& worker() noexcept { return *worker_; }
    void          stop_accepting() noexcept;
    /// Lets a loop of its own run out of work: threads that are about to tell it something hold it until they have.
    void          run_out() noexcept { busy_.reset(); }
    /// Ends it whatever it has to do. From any thread.
    void          stop() noexcept;

private:
    void run() noexcept;

    std::unique_ptr<boost::asio::io_context> own_;
    boost::asio::io_context*                 io_;
    std::shared_ptr<class worker>            worker_;
    std::vector<std::shared_ptr<listener>>   listeners_;
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> busy_;
    std::atomic<std::uint64_t> escaped_{0};
    std::thread                thread_;
};

}  // namespace curfew::detail
