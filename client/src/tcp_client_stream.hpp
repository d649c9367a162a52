// A tcp connection to another service.
#pragma once

#include "client_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace curfew::detail {

/// A socket whose executor needs no type erasure.
using client_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// Sets what every connection has: no delay, and no blocking call.
void prepare_socket(client_socket& socket) noexcept;
/// Whether nothing has come, the end of the stream included.
bool is_quiet(client_socket& socket) noexcept;
void close_socket(client_socket& socket, bool reset) noexcept;

class tcp_client_stream final : public client_stream {
public:
    /// Takes over a connected socket that has been prepared.
    explicit tcp_client_stream(client_socket socket) noexcept : socket_(std::move(socket)) {}

    task<io_result> read_some(const context& ctx, boost::asio::mutable_buffer into) override;
    task<io_result> write_some(const context& ctx, boost::asio::const_buffer from) override;
    std::size_t     try_write(boost::asio::const_buffer from, boost::system::error_code& error) override;
    void            cancel() noexcept override;
    bool            is_quiet() noexcept override { return detail::is_quiet(socket_); }
    void            close(bool reset) noexcept override { close_socket(socket_, reset); }

private:
    client_socket socket_;
};

}  // namespace curfew::detail
