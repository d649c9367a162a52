// Sees that a client left, also behind bytes that nobody has read (Linux).
#pragma once

#include "peer_observer.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>

#include <sys/epoll.h>

namespace curfew::detail {

/// One epoll descriptor per io_context, itself awaited by Asio.
///
/// Each socket is added once in its life, edge-triggered and for the peer's departure only: requests cost nothing, and
/// arriving bytes wake nobody. A FIN is seen while it fits the receive window: behind a full one it never arrives.
/// Keeps `io_context::run` from returning only while a socket is watched. Touched by the loop's thread only.
class disconnect_watch final : public boost::asio::execution_context::service {
public:
    using key_type = disconnect_watch;
    static boost::asio::execution_context::id id;

    explicit disconnect_watch(boost::asio::execution_context& io);

    static disconnect_watch& of(boost::asio::io_context& io)
    {
        return boost::asio::use_service<disconnect_watch>(io);
    }

    /// Begins to watch. Errors: `std::system_error` if the kernel has no room.
    void add(int socket, peer_observer& observer);
    /// Forgets `observer`, also in events that are being handed out. Call before the socket is closed.
    void remove(int socket, peer_observer& observer) noexcept;

private:
    using executor_type = boost::asio::io_context::executor_type;

    void shutdown() override;
    void wait();
    void hand_out();

    boost::asio::posix::basic_stream_descriptor<executor_type> epoll_;
    std::array<epoll_event, 64>                                events_{};
    int                                                        events_end_ = 0;  // of those being handed out
    std::size_t                                                watched_    = 0;
    bool                                                       waiting_    = false;
};

}  // namespace curfew::detail
