#include "socket_stream.hpp"

#include "server_log.hpp"
#include "transport_tcp.hpp"
#include "transport_unix.hpp"

#include <curfew/detail/loop.hpp>

#include <boost/asio/socket_base.hpp>

#include <exception>
#include <type_traits>

namespace curfew::detail {

namespace {

template <class Protocol>
constexpr const char* name_of = std::is_same_v<Protocol, boost::asio::ip::tcp> ? "tcp connection" : "unix connection";

}  // namespace

template <class Protocol>
socket_stream<Protocol>::socket_stream(socket_type socket, bool watched, std::source_location where)
    : socket_(std::move(socket)), watched_(watched),
      open_(loop::of(boost::asio::query(socket_.get_executor(), boost::asio::execution::context)),
            lease::kind_type::open_socket, name_of<Protocol>, where)
{
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    if constexpr (std::is_same_v<Protocol, boost::asio::ip::tcp>)
        socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
}

template <class Protocol>
void socket_stream<Protocol>::cancel_read() noexcept
{
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

template <class Protocol>
void socket_stream<Protocol>::shut_down_send() noexcept
{
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

template <class Protocol>
void socket_stream<Protocol>::close(bool reset) noexcept
{
    unwatch();
    boost::system::error_code ignored;
    if (reset) socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
    open_.end();
}

template <class Protocol>
bool socket_stream<Protocol>::watch(peer_observer& observer)
{
    if (!watched_) return false;
    try {
        auto& io = boost::asio::query(socket_.get_executor(), boost::asio::execution::context);
        disconnect_watch::of(io).add(socket_.native_handle(), observer);
    } catch (...) {
        log_error("watch a connection, which is read ahead instead", std::current_exception());
        return false;
    }
    observer_ = &observer;
    return true;
}

template <class Protocol>
void socket_stream<Protocol>::unwatch() noexcept
{
    if (!observer_) return;
    auto& io = boost::asio::query(socket_.get_executor(), boost::asio::execution::context);
    disconnect_watch::of(io).remove(socket_.native_handle(), *observer_);
    observer_ = nullptr;
}

template <class Protocol>
std::string socket_stream<Protocol>::peer() const
{
    boost::system::error_code error;
    const auto                endpoint = socket_.remote_endpoint(error);
    if (error) return {};
    if constexpr (std::is_same_v<Protocol, boost::asio::ip::tcp>) {
        const auto address = endpoint.address().to_string();
        const auto port    = std::to_string(endpoint.port());
        return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
    } else {
        return "unix:" + endpoint.path();
    }
}

template class socket_stream<boost::asio::ip::tcp>;
template class socket_stream<boost::asio::local::stream_protocol>;

}  // namespace curfew::detail
