#include "healthcheck.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace demo {
namespace {

namespace asio = boost::asio;
using protocol = asio::generic::stream_protocol;

/// The same text that the server listens on; where it listens on every address, the loopback is one of them.
protocol::endpoint endpoint_of(std::string_view address)
{
    if (address.starts_with("unix:"))
        return asio::local::stream_protocol::endpoint(address.substr(5));

    const auto  colon = address.rfind(':');
    std::string host(address.substr(0, colon));
    if (host.starts_with('['))
        host = host.substr(1, host.size() - 2);
    if (host.empty() || host == "localhost")
        host = "127.0.0.1";
    const auto port = std::stoul(std::string(address.substr(colon + 1)));
    return asio::ip::tcp::endpoint(asio::ip::make_address(host), static_cast<asio::ip::port_type>(port));
}

/// Returns the first line of the answer.
asio::awaitable<std::string> ask(protocol::endpoint service)
{
    constexpr std::string_view question = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    constexpr std::size_t      longest  = 4096;

    protocol::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(service, asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(question), asio::use_awaitable);
    std::string answer;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(answer, longest), '\n', asio::use_awaitable);
    co_return answer.substr(0, answer.find_first_of("\r\n"));
}

}  // namespace

void check_health(const std::string& address, std::chrono::milliseconds limit)
{
    const auto what = "GET /healthz of " + address + ": ";
    try {
        asio::io_context           io;
        std::optional<std::string> answer;
        std::exception_ptr         failed;
        asio::co_spawn(io, ask(endpoint_of(address)), [&](std::exception_ptr error, std::string line) {
            failed = error;
            answer = std::move(line);
        });
        io.run_for(limit);
        if (failed)
            std::rethrow_exception(failed);
        if (!answer)
            throw std::runtime_error("no answer in " + std::to_string(limit.count()) + " ms");
        if (!answer->starts_with("HTTP/1.1 200 "))
            throw std::runtime_error("answered " + *answer);
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(what + error.code().message());
    } catch (const std::exception& error) {
        throw std::runtime_error(what + error.what());
    }
}

}  // namespace demo
