// Sees that bytes have come, and that a client left, also behind bytes that nobody has read (Linux).
#pragma once

#include "transport_observer.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>

#include <sys/epoll.h>

namespace curfew::detail {

/// One epoll descriptor per io_context, itself awaited by Asio: the sockets of all connections, for one wait of Asio's.
///
/// Each socket is added once in its life, edge-triggered, so a request costs no call here; what is ready is handed out
/// directly. An operation of Asio's for each read would cost as much as parsing the request that it brings: see ADR 0011.
/// A FIN is seen while it fits the receive window: behind a full one it never arrives.
/// Keeps `io_context::run` from returning only while a socket is watched. Touched by the loop's thread only.
class socket_watch final : public boost::asio::execution_context::service {
public:
    using key_type = socket_watch;
    static boost::asio::execution_context::id id;

    explicit socket_watch(boost::asio::execution_context& io);

    static socket_watch& of(boost::asio::io_context& io) { return boost::asio::use_service<socket_watch>(io); }

    /// Begins to watch; what is ready already is told, too. Errors: `std::system_error` if the kernel has no room.
    void add(int socket, transport_observer& observer);
    /// From now on tells of room to write into, too. Errors: as `add`.
    void add_writable(int socket, transport_observer& observer);
    /// Forgets `observer`, also in events that are being handed out. Call before the socket is closed.
    void remove(int socket, transport_observer& observer) noexcept;

private:
    using executor_type = boost::asio::io_context::executor_type;

    void shutdown() override;
    void control(int operation, int socket, transport_observer& observer, unsigned events);
    void wait();
    void hand_out();

    boost::asio::posix::basic_stream_descriptor<executor_type> epoll_;
    std::array<epoll_event, 128>                               events_{};
    int                                                        events_end_ = 0;  // of those being handed out
    std::size_t                                                watched_    = 0;
    bool                                                       waiting_    = false;
};

}  // namespace curfew::detail
