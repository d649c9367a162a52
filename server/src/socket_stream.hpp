// A connected stream socket, as `connection` uses it.
#pragma once

#include "transport_observer.hpp"

#include <curfew/detail/lease.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <source_location>
#include <string>
#include <utility>

namespace curfew::detail {

/// A socket that HTTP has left: the members that `raw_stream_on` wants.
template <class Protocol>
class raw_socket {
public:
    using executor_type = boost::asio::io_context::executor_type;
    using socket_type   = boost::asio::basic_stream_socket<Protocol, executor_type>;

    raw_socket(socket_type socket, lease open) noexcept : socket_(std::move(socket)), open_(std::move(open)) {}

    executor_type get_executor() { return socket_.get_executor(); }

    template <class Handler>
    void async_read_some(boost::asio::mutable_buffer into, Handler handler)
    {
        socket_.async_read_some(into, std::move(handler));
    }
    template <class Handler>
    void async_write_some(boost::asio::const_buffer from, Handler handler)
    {
        socket_.async_write_some(from, std::move(handler));
    }
    void shut_down_send() noexcept;
    void close(bool reset) noexcept;

private:
    socket_type socket_;
    lease       open_;
};

/// The members that a transport has, for the kernel's sockets. Reads and writes do not wait: the observer is told when to try.
template <class Protocol>
class socket_stream {
public:
    using executor_type = boost::asio::io_context::executor_type;
    using socket_type   = boost::asio::basic_stream_socket<Protocol, executor_type>;
    using raw_type      = raw_socket<Protocol>;

    /// Takes over a connected socket. `watched`: whether the observer is told of the peer's departure.
    /// `where`: what a connection that is never closed is reported with.
    socket_stream(socket_type socket, bool watched, std::source_location where = std::source_location::current());
    socket_stream(socket_stream&& other) noexcept;
    socket_stream& operator=(socket_stream&&) = delete;
    ~socket_stream();

    /// Begins to tell `observer`, until `unwatch` or `close`. Returns: false if it will not be told of the peer's departure, so
    /// that only reading tells. Errors: `std::system_error` if the kernel has no room.
    bool watch(transport_observer& observer);
    void unwatch() noexcept;

    /// Reads what is there: `eof` at the end, `would_block` if there is nothing.
    std::size_t read_some(boost::asio::mutable_buffer into, boost::system::error_code& error);
    /// Whether reading is worth a try.
    bool        readable() const noexcept { return readable_; }
    /// What the observer was told, to go by in `readable`.
    void        notice(readiness what) noexcept;

    /// Writes what fits without waiting; `would_block` if nothing does.
    std::size_t write_some(boost::asio::const_buffer from, boost::system::error_code& error);
    /// The observer will be told of room. Errors: as `watch`.
    void        await_writable();

    /// Sends FIN behind what has been written.
    void shut_down_send() noexcept;
    /// Ends both directions; what has been written is still delivered, unless `reset`.
    void close(bool reset) noexcept;
    /// Gives the socket away. Precondition: not closed.
    raw_type release();

    /// The other side's address, for people.
    std::string peer() const;

private:
    boost::asio::io_context* io_;
    transport_observer*      observer_ = nullptr;
    int                      socket_ = -1;
    bool                     watched_;
    bool                     readable_      = false;
    bool                     to_end_        = false;  // the end, or an error, is among what is to be read
    bool                     told_writable_ = false;
    lease                    open_;
};

}  // namespace curfew::detail
