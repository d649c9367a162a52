#include "tls_client_stream.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/client_error.hpp>
#include <curfew/sleep.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace curfew::detail {

namespace asio = boost::asio;

namespace {

void require(bool taken)
{
    if (taken) return;
    throw boost::system::system_error(static_cast<int>(::ERR_get_error()), asio::error::get_ssl_category());
}

// A certificate names addresses and names in different places, and the former are not told in the clear.
void expect_host(SSL* ssl, const std::string& host, bool verify)
{
    boost::system::error_code not_numeric;
    asio::ip::make_address(host, not_numeric);
    if (not_numeric) require(SSL_set_tlsext_host_name(ssl, host.c_str()) == 1);
    if (!verify) return;
    X509_VERIFY_PARAM* const checks = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    require((not_numeric ? X509_VERIFY_PARAM_set1_host(checks, host.c_str(), host.size())
                         : X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str())) == 1);
}

}  // namespace

tls_client_stream::tls_client_stream(client_socket socket, asio::ssl::context& settings, const std::string& host, bool verify)
    : stream_(std::move(socket), settings)
{
    expect_host(stream_.native_handle(), host, verify);
}

tls_client_stream::~tls_client_stream()
{
    close(false);
}

task<boost::system::error_code> tls_client_stream::handshake(const context& ctx)
{
    const auto done =
        co_await stream_.async_handshake(asio::ssl::stream_base::client, bind_context(ctx, nothrow));
    established_ = !std::get<0>(done);
    co_return std::get<0>(done);
}

std::string tls_client_stream::rejection() const
{
    const auto code = SSL_get_verify_result(const_cast<tls_client_stream*>(this)->stream_.native_handle());
    return code == X509_V_OK ? std::string() : std::string(X509_verify_cert_error_string(code));
}

task<io_result> tls_client_stream::read_some(const context& ctx, asio::mutable_buffer into)
{
    const auto done = co_await stream_.async_read_some(into, bind_context(ctx, nothrow));
    // Without a goodbye, anybody on the way may have cut the stream: this is no end.
    if (std::get<0>(done) == asio::ssl::error::stream_truncated) co_return io_result(client_errc::truncated, std::get<1>(done));
    co_return io_result(std::get<0>(done), std::get<1>(done));
}

task<io_result> tls_client_stream::write_some(const context& ctx, asio::const_buffer from)
{
    const auto done = co_await stream_.async_write_some(from, bind_context(ctx, nothrow));
    co_return io_result(std::get<0>(done), std::get<1>(done));
}

// A record that is written in part cannot be taken back: only waiting writes it whole.
std::size_t tls_client_stream::try_write(asio::const_buffer, boost::system::error_code& error)
{
    error = asio::error::would_block;
    return 0;
}

void tls_client_stream::cancel() noexcept
{
    boost::system::error_code ignored;
    stream_.next_layer().cancel(ignored);
}

// Session tickets may be unread, and are no answer: they are taken in here.
bool tls_client_stream::is_quiet() noexcept
{
    char                      byte;
    boost::system::error_code error;
    stream_.read_some(asio::buffer(&byte, 1), error);
    return error == asio::error::would_block || error == asio::error::try_again;
}

void tls_client_stream::close(bool reset) noexcept
{
    if (!stream_.next_layer().is_open()) return;
    boost::system::error_code ignored;
    if (!reset && std::exchange(established_, false)) stream_.shutdown(ignored);  // says goodbye, and does not wait for an answer
    close_socket(stream_.next_layer(), reset);
}

}  // namespace curfew::detail
