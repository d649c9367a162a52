// A connected stream socket, as `connection` uses it.
#pragma once

#include "disconnect_watch.hpp"
#include "peer_observer.hpp"

#include <curfew/detail/lease.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <source_location>
#include <string>
#include <utility>

namespace curfew::detail {

/// The members that a transport has, for the kernel's sockets.
template <class Protocol>
class socket_stream {
public:
    using executor_type = boost::asio::io_context::executor_type;
    using socket_type   = boost::asio::basic_stream_socket<Protocol, executor_type>;

    /// Takes over a connected socket. `watched`: whether the kernel is asked for the peer's departure.
    /// `where`: what a connection that is never closed is reported with.
    socket_stream(socket_type socket, bool watched, std::source_location where = std::source_location::current());
    socket_stream(socket_stream&&) = default;

    executor_type get_executor() { return socket_.get_executor(); }

    template <class Handler>
    void async_read_some(boost::asio::mutable_buffer into, Handler handler)
    {
        socket_.async_read_some(into, std::move(handler));
    }
    /// Completes when a read would not have to wait.
    template <class Handler>
    void async_wait_read(Handler handler)
    {
        socket_.async_wait(socket_type::wait_read, std::move(handler));
    }
    template <class Handler>
    void async_write_some(boost::asio::const_buffer from, Handler handler)
    {
        socket_.async_write_some(from, std::move(handler));
    }
    /// Writes what fits without waiting; `would_block` if nothing does.
    std::size_t write_some(boost::asio::const_buffer from, boost::system::error_code& error)
    {
        return socket_.write_some(from, error);
    }

    /// Ends a read under way with `operation_aborted`. Precondition: no write is.
    void cancel_read() noexcept;
    /// Sends FIN behind what has been written.
    void shut_down_send() noexcept;
    /// Ends both directions; what has been written is still delivered, unless `reset`.
    void close(bool reset) noexcept;

    /// Tells `observer` when the peer leaves, until `unwatch` or `close`. False if only reading would tell, which is so as
    /// well when the kernel has no room for a watch.
    bool watch(peer_observer& observer);
    void unwatch() noexcept;

    /// The other side's address, for people.
    std::string peer() const;

private:
    socket_type    socket_;
    peer_observer* observer_ = nullptr;
    bool           watched_;
    lease          open_;
};

}  // namespace curfew::detail
