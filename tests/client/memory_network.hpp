// A network in memory, whose other side is driven by a test.
#pragma once

#include "client_connector.hpp"
#include "client_stream.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/client_error.hpp>
#include <curfew/detail/lease.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/wait_point.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/test_loop.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::testing {

/// Both directions of a connection in memory.
struct memory_pipe {
    explicit memory_pipe(curfew::detail::loop& on)
        : loop(on),
          reader(on.executor()),
          writer(on.executor()),
          socket(on, curfew::detail::lease::kind_type::open_socket, "memory connection", std::source_location::current())
    {
    }

    curfew::detail::loop&      loop;
    std::string                to_server, to_client;
    bool                       server_finished = false, server_reset = false;
    bool                       client_closed = false, client_reset = false, canceled = false;
    std::size_t                window = SIZE_MAX;  ///< What the client may still send before it has to wait.
    std::size_t                most   = SIZE_MAX;  ///< Bytes that the client reads at a time.
    curfew::detail::wait_point reader, writer;
    curfew::detail::lease      socket;
};

/// The client's end.
class memory_client_stream final : public curfew::detail::client_stream {
public:
    explicit memory_client_stream(std::shared_ptr<memory_pipe> pipe) : pipe_(std::move(pipe)) {}
    ~memory_client_stream() override { close(false); }

    task<curfew::detail::io_result> read_some(const context& ctx, boost::asio::mutable_buffer into) override
    {
        const auto pipe = pipe_;
        for (;;) {
            if (pipe->server_reset) co_return curfew::detail::io_result(boost::asio::error::connection_reset, 0);
            if (pipe->canceled) co_return curfew::detail::io_result(boost::asio::error::operation_aborted, 0);
            if (const auto size = std::min({pipe->to_client.size(), into.size(), pipe->most}); size != 0) {
                std::memcpy(into.data(), pipe->to_client.data(), size);
                pipe->to_client.erase(0, size);
                co_return curfew::detail::io_result({}, size);
            }
            if (pipe->server_finished) co_return curfew::detail::io_result(boost::asio::error::eof, 0);
            const auto waited = co_await pipe->reader.wait(bind_context(ctx, nothrow));
            if (std::get<0>(waited)) co_return curfew::detail::io_result(std::get<0>(waited), 0);
        }
    }
    task<curfew::detail::io_result> write_some(const context& ctx, boost::asio::const_buffer from) override
    {
        const auto pipe = pipe_;
        for (;;) {
            if (pipe->canceled) co_return curfew::detail::io_result(boost::asio::error::operation_aborted, 0);
            boost::system::error_code error;
            const auto                size = try_write(from, error);
            if (error != boost::asio::error::would_block) co_return curfew::detail::io_result(error, size);
            const auto waited = co_await pipe->writer.wait(bind_context(ctx, nothrow));
            if (std::get<0>(waited)) co_return curfew::detail::io_result(std::get<0>(waited), 0);
        }
    }
    std::size_t try_write(boost::asio::const_buffer from, boost::system::error_code& error) override
    {
        error = {};
        if (pipe_->server_reset) error = boost::asio::error::broken_pipe;
        if (!error && pipe_->window == 0) error = boost::asio::error::would_block;
        if (error) return 0;
        const auto size = std::min(pipe_->window, from.size());
        pipe_->to_server.append(static_cast<const char*>(from.data()), size);
        if (pipe_->window != SIZE_MAX) pipe_->window -= size;
        return size;
    }
    void cancel() noexcept override
    {
        pipe_->canceled = true;
        pipe_->loop.post([pipe = pipe_] {
            pipe->reader.wake();
            pipe->writer.wake();
        });
    }
    bool is_quiet() noexcept override
    {
        return pipe_->to_client.empty() && !pipe_->server_finished && !pipe_->server_reset;
    }
    void close(bool reset) noexcept override
    {
        if (std::exchange(pipe_->client_closed, true)) return;
        pipe_->client_reset = reset;
        pipe_->socket.end();
    }

private:
    std::shared_ptr<memory_pipe> pipe_;
};

/// The other side of one connection. What it does has arrived when it returns.
class memory_peer {
public:
    memory_peer(test_loop& loop, std::shared_ptr<memory_pipe> pipe) : loop_(&loop), pipe_(std::move(pipe)) {}

    void send(std::string_view bytes)
    {
        hold_send(bytes);
        loop_->run_ready();
    }
    /// Sends so that the client is told at the next turn of the loop, which is the test's to run.
    void hold_send(std::string_view bytes)
    {
        pipe_->to_client += bytes;
        notify();
    }
    void finish()
    {
        pipe_->server_finished = true;
        notify();
        loop_->run_ready();
    }
    void reset()
    {
        pipe_->server_reset = true;
        pipe_->to_client.clear();
        notify();
        loop_->run_ready();
    }
    void window(std::size_t bytes)
    {
        pipe_->window = bytes;
        notify();
        loop_->run_ready();
    }
    void trickle(std::size_t most) { pipe_->most = most; }

    std::string        take() { return std::exchange(pipe_->to_server, {}); }
    const std::string& received() const { return pipe_->to_server; }
    bool               closed() const { return pipe_->client_closed; }
    bool               was_reset() const { return pipe_->client_reset; }

private:
    void notify()
    {
        boost::asio::post(loop_->io(), [pipe = pipe_] {
            pipe->reader.wake();
            pipe->writer.wake();
        });
    }

    test_loop*                   loop_;
    std::shared_ptr<memory_pipe> pipe_;
};

/// Accepts connections for a test, at once or when it says so.
class memory_network {
public:
    explicit memory_network(test_loop& loop) : loop_(loop) {}

    /// Whether connecting takes until `accept`.
    bool        slow = false;
    /// What connecting fails with.
    error_code  refusal;
    /// Of each new connection.
    std::size_t window = SIZE_MAX;

    void accept()
    {
        slow = false;
        for (const auto& each : std::exchange(connecting_, {})) boost::asio::post(loop_.io(), [each] { each->wake(); });
        loop_.run_ready();
    }

    /// The connections so far, the first one first.
    std::size_t  size() const { return peers_.size(); }
    memory_peer& operator[](std::size_t i) { return peers_.at(i); }
    memory_peer& last() { return peers_.back(); }
    std::size_t  open() const
    {
        return static_cast<std::size_t>(std::ranges::count_if(peers_, [](const auto& each) { return !each.closed(); }));
    }
    /// Origins that were connected to.
    const std::vector<std::string>& called() const { return called_; }

    auto connector()
    {
        class memory_connector final : public curfew::detail::client_connector {
        public:
            explicit memory_connector(memory_network& to) : to_(to) {}
            task<curfew::detail::stream_ptr> connect(const context& ctx, const curfew::detail::origin& origin) override
            {
                to_.called_.push_back(origin.text());
                if (to_.slow) {
                    const auto accepted = std::make_shared<curfew::detail::wait_point>(to_.loop_.io().get_executor());
                    to_.connecting_.push_back(accepted);
                    const auto waited = co_await accepted->wait(bind_context(ctx, nothrow));
                    ctx.throw_if_done();
                    if (std::get<0>(waited)) throw boost::system::system_error(std::get<0>(waited));
                }
                if (to_.refusal) throw client_error(to_.refusal, call_phase::connect, origin.text());
                auto pipe    = std::make_shared<memory_pipe>(curfew::detail::loop::of(to_.loop_.io()));
                pipe->window = to_.window;
                to_.peers_.emplace_back(to_.loop_, pipe);
                co_return std::make_unique<memory_client_stream>(pipe);
            }

        private:
            memory_network& to_;
        };
        return [this](curfew::detail::loop&) { return std::make_unique<memory_connector>(*this); };
    }

private:
    test_loop&                                               loop_;
    std::deque<memory_peer>                                  peers_;
    std::vector<std::string>                                 called_;
    std::vector<std::shared_ptr<curfew::detail::wait_point>> connecting_;
};

}  // namespace curfew::testing
