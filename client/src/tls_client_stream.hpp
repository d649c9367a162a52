// A TLS connection to another service.
#pragma once

#include "client_stream.hpp"
#include "tcp_client_stream.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <string>

namespace curfew::detail {

class tls_client_stream final : public client_stream {
public:
    /// Takes over a connected socket. `host`: who the other side must prove to be; not checked if `verify` is false.
    ///
    /// Lifetime: `settings` are borrowed until the handshake has begun.
    /// Errors:   `boost::system::system_error` if OpenSSL does not take the name.
    tls_client_stream(client_socket socket, boost::asio::ssl::context& settings, const std::string& host, bool verify);
    ~tls_client_stream() override;

    /// Returns: an error unless the other side has proven who it is.
    task<boost::system::error_code> handshake(const context& ctx);
    /// Why the certificate was not accepted, for people; empty if it was.
    std::string                     rejection() const;

    task<io_result> read_some(const context& ctx, boost::asio::mutable_buffer into) override;
    task<io_result> write_some(const context& ctx, boost::asio::const_buffer from) override;
    std::size_t     try_write(boost::asio::const_buffer from, boost::system::error_code& error) override;
    void            cancel() noexcept override;
    bool            is_quiet() noexcept override;
    void            close(bool reset) noexcept override;

private:
    boost::asio::ssl::stream<client_socket> stream_;
    bool                                    established_ = false;
};

}  // namespace curfew::detail
