#include "tcp_client_stream.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/sleep.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

namespace curfew::detail {

namespace asio = boost::asio;

void prepare_socket(client_socket& socket) noexcept
{
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
}

bool is_quiet(client_socket& socket) noexcept
{
    char                      byte;
    boost::system::error_code error;
    socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
    return error == asio::error::would_block || error == asio::error::try_again;
}

void close_socket(client_socket& socket, bool reset) noexcept
{
    boost::system::error_code ignored;
    if (reset) socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

task<io_result> tcp_client_stream::read_some(const context& ctx, asio::mutable_buffer into)
{
    const auto done = co_await socket_.async_read_some(into, bind_context(ctx, nothrow));
    co_return io_result(std::get<0>(done), std::get<1>(done));
}

task<io_result> tcp_client_stream::write_some(const context& ctx, asio::const_buffer from)
{
    const auto done = co_await socket_.async_write_some(from, bind_context(ctx, nothrow));
    co_return io_result(std::get<0>(done), std::get<1>(done));
}

std::size_t tcp_client_stream::try_write(asio::const_buffer from, boost::system::error_code& error)
{
    return socket_.write_some(from, error);
}

void tcp_client_stream::cancel() noexcept
{
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

}  // namespace curfew::detail
