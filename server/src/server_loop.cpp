#include "server_loop.hpp"

#include "server_log.hpp"

#include <boost/asio/detail/concurrency_hint.hpp>

#include <exception>

namespace curfew::detail {

namespace {
// Others may post to the loop; its sockets are used by its own thread alone, and need no locks.
constexpr int for_one_thread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;
}  // namespace

server_loop::server_loop(std::shared_ptr<const service> shared, node& root, boost::asio::io_context* borrowed,
                         std::function<void()> on_less_left)
    : own_(borrowed ? nullptr : std::make_unique<boost::asio::io_context>(for_one_thread)), io_(borrowed ? borrowed : own_.get()),
      worker_(std::make_shared<class worker>(*io_, std::move(shared), root))
{
    worker_->on_less_left(std::move(on_less_left));
    if (own_) busy_.emplace(own_->get_executor());
}

server_loop::~server_loop()
{
    join();
    worker_->on_less_left({});
    for (auto& each : listeners_) each->close();
    worker_->abandon();
}

void server_loop::listen(listening_socket socket, std::size_t max_connections)
{
    listeners_.push_back(listener::make(worker_, std::move(socket), max_connections));
    post([each = listeners_.back()] { each->accept(); });
}

void server_loop::start(std::function<void()> on_ended)
{
    thread_ = std::thread([this, on_ended = std::move(on_ended)] {
        run();
        on_ended();
    });
}

void server_loop::run() noexcept
{
    for (;;) {
        try {
            io_->run();
            return;
        } catch (...) {
            log_error("run a loop", std::current_exception());
        }
        escaped_.fetch_add(1, std::memory_order_relaxed);
    }
}

void server_loop::join()
{
    if (thread_.joinable()) thread_.join();
}

void server_loop::stop_accepting() noexcept
{
    for (auto& each : listeners_) each->close();
    worker_->drain();
}

void server_loop::stop() noexcept
{
    if (own_) own_->stop();
}

}  // namespace curfew::detail
