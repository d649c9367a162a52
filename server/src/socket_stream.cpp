#include "socket_stream.hpp"

#include "socket_watch.hpp"
#include "transport_tcp.hpp"
#include "transport_unix.hpp"

#include <curfew/detail/loop.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

#include <cerrno>
#include <type_traits>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace curfew::detail {

namespace {

template <class Protocol>
constexpr const char* name_of = std::is_same_v<Protocol, boost::asio::ip::tcp> ? "tcp connection" : "unix connection";

boost::system::error_code last_error() noexcept
{
    return {errno, boost::asio::error::get_system_category()};
}

}  // namespace

// ---- raw

template <class Protocol>
void raw_socket<Protocol>::shut_down_send() noexcept
{
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

template <class Protocol>
void raw_socket<Protocol>::close(bool reset) noexcept
{
    boost::system::error_code ignored;
    if (reset) socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
    open_.end();
}

// ---- of a connection

template <class Protocol>
socket_stream<Protocol>::socket_stream(socket_type socket, bool watched, std::source_location where)
    : io_(&boost::asio::query(socket.get_executor(), boost::asio::execution::context)), watched_(watched),
      open_(loop::of(*io_), lease::kind_type::open_socket, name_of<Protocol>, where)
{
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    if constexpr (std::is_same_v<Protocol, boost::asio::ip::tcp>)
        socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    if (!socket.is_open()) return;
    socket_ = socket.release();  // out of Asio's reactor: `socket_watch` has its own
    ::fcntl(socket_, F_SETFD, FD_CLOEXEC);  // Asio does not: a program started meanwhile would keep the connection open
}

template <class Protocol>
socket_stream<Protocol>::socket_stream(socket_stream&& other) noexcept
    : io_(other.io_), observer_(std::exchange(other.observer_, nullptr)), socket_(std::exchange(other.socket_, -1)),
      watched_(other.watched_), readable_(other.readable_), to_end_(other.to_end_), told_writable_(other.told_writable_),
      open_(std::move(other.open_))
{
}

template <class Protocol>
socket_stream<Protocol>::~socket_stream()
{
    close(false);
}

template <class Protocol>
bool socket_stream<Protocol>::watch(transport_observer& observer)
{
    socket_watch::of(*io_).add(socket_, observer);
    observer_ = &observer;
    return watched_;
}

template <class Protocol>
void socket_stream<Protocol>::unwatch() noexcept
{
    if (!observer_) return;
    socket_watch::of(*io_).remove(socket_, *observer_);
    observer_ = nullptr;
}

template <class Protocol>
std::size_t socket_stream<Protocol>::read_some(boost::asio::mutable_buffer into, boost::system::error_code& error)
{
    const auto size = ::recv(socket_, into.data(), into.size(), 0);
    if (size > 0) {
        // A short read has emptied the socket, and what comes next is an event again. So is the end, but it comes only once.
        readable_ = to_end_ || static_cast<std::size_t>(size) == into.size();
        return static_cast<std::size_t>(size);
    }
    error     = size == 0 ? boost::asio::error::eof : last_error();
    readable_ = errno == EINTR && size < 0;
    if (readable_) error = boost::asio::error::would_block;
    return 0;
}

template <class Protocol>
void socket_stream<Protocol>::notice(readiness what) noexcept
{
    readable_ |= what.readable;
    to_end_ |= what.gone != disconnect_how::none;
}

template <class Protocol>
std::size_t socket_stream<Protocol>::write_some(boost::asio::const_buffer from, boost::system::error_code& error)
{
    for (;;) {
        const auto size = ::send(socket_, from.data(), from.size(), MSG_NOSIGNAL);
        if (size >= 0) return static_cast<std::size_t>(size);
        if (errno == EINTR) continue;
        error = last_error();
        return 0;
    }
}

template <class Protocol>
void socket_stream<Protocol>::await_writable()
{
    if (std::exchange(told_writable_, true)) return;
    socket_watch::of(*io_).add_writable(socket_, *observer_);
}

template <class Protocol>
void socket_stream<Protocol>::shut_down_send() noexcept
{
    ::shutdown(socket_, SHUT_WR);
}

template <class Protocol>
void socket_stream<Protocol>::close(bool reset) noexcept
{
    unwatch();
    if (socket_ >= 0) {
        const linger at_once{1, 0};
        if (reset) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(std::exchange(socket_, -1));
    }
    open_.end();
}

template <class Protocol>
auto socket_stream<Protocol>::release() -> raw_type
{
    unwatch();
    typename Protocol::endpoint here;
    auto                        size = static_cast<socklen_t>(here.capacity());
    ::getsockname(socket_, here.data(), &size);
    socket_type socket(io_->get_executor(), here.protocol(), socket_);
    socket_ = -1;
    return {std::move(socket), std::move(open_)};
}

template <class Protocol>
std::string socket_stream<Protocol>::peer() const
{
    typename Protocol::endpoint endpoint;
    auto                        size = static_cast<socklen_t>(endpoint.capacity());
    if (::getpeername(socket_, endpoint.data(), &size) != 0) return {};
    endpoint.resize(size);
    if constexpr (std::is_same_v<Protocol, boost::asio::ip::tcp>) {
        const auto address = endpoint.address().to_string();
        const auto port    = std::to_string(endpoint.port());
        return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
    } else {
        return "unix:" + endpoint.path();
    }
}

template class raw_socket<boost::asio::ip::tcp>;
template class raw_socket<boost::asio::local::stream_protocol>;
template class socket_stream<boost::asio::ip::tcp>;
template class socket_stream<boost::asio::local::stream_protocol>;

}  // namespace curfew::detail
