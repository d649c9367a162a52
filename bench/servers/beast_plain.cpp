// Boost.Beast the way its own coroutine example uses it: tcp_stream with a time-out per request, flat_buffer,
// string_body, message_generator, any_io_executor, use_awaitable. Nothing is tuned, on purpose.
//
//   beast_plain PORT [REPORT_FD]
//
//   GET  /           hello
//   GET  /sleep      hello after 10 ms
//   POST /echo       the JSON that was sent, parsed and written again
//   POST /upload     how many bytes were sent
//   GET  /download   64 MB, in pieces of 64 KB
//   GET  /wait?id=N  waits until the client has gone, then writes {N, now} to REPORT_FD (see clients/disconnect.c)

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <unistd.h>

namespace asio  = boost::asio;
namespace beast = boost::beast;
namespace http  = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

using stream = beast::tcp_stream::rebind_executor<
    asio::use_awaitable_t<>::executor_with_default<asio::any_io_executor>>::other;

int report_fd = -1;

void report(std::string_view target)
{
    const auto id  = target.find("id=");
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const std::uint64_t record[] = {
        id == target.npos ? 0 : std::strtoull(target.data() + id + 3, nullptr, 10),
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count())};
    if (report_fd >= 0 && ::write(report_fd, record, sizeof record) < 0) std::perror("report");
}

using request = http::request<http::string_body>;

template <class Body>
http::response<Body> begin_answer(request const& req, http::status status, std::string_view type)
{
    http::response<Body> res{status, req.version()};
    res.set(http::field::server, "beast");
    res.set(http::field::date, "Thu, 01 Jan 2026 00:00:00 GMT");
    res.set(http::field::content_type, {type.data(), type.size()});
    res.keep_alive(req.keep_alive());
    return res;
}

http::message_generator answer(request const& req, http::status status, std::string_view type, std::string body)
{
    auto res   = begin_answer<http::string_body>(req, status, type);
    res.body() = std::move(body);
    res.prepare_payload();
    return res;
}

http::message_generator hello(request const& req)
{
    return answer(req, http::status::ok, "text/plain", "Hello, World!");
}

http::message_generator echo(request const& req)
{
    if (req[http::field::content_type] != "application/json")
        return answer(req, http::status::unsupported_media_type, "text/plain", "this takes JSON");
    try {
        return answer(req, http::status::ok, "application/json", nlohmann::json::parse(req.body()).dump());
    } catch (nlohmann::json::parse_error const& error) {
        return answer(req, http::status::bad_request, "text/plain", error.what());
    }
}

http::message_generator upload(request const& req)
{
    return answer(req, http::status::ok, "text/plain", std::to_string(req.body().size()));
}

asio::awaitable<void> download(stream& peer, request const& req)
{
    static std::string    piece(64 * 1024, 'x');
    constexpr std::size_t pieces = 1024;

    auto res = begin_answer<http::buffer_body>(req, http::status::ok, "application/octet-stream");
    res.content_length(pieces * piece.size());
    res.body().data = nullptr;
    res.body().more = true;
    http::response_serializer<http::buffer_body> serializer{res};
    co_await http::async_write_header(peer, serializer, asio::use_awaitable);
    for (std::size_t i = 0; i != pieces; ++i) {
        peer.expires_after(30s);
        res.body().data = piece.data();
        res.body().size = piece.size();
        res.body().more = i + 1 != pieces;
        boost::system::error_code ec;
        co_await http::async_write(peer, serializer, asio::redirect_error(asio::use_awaitable, ec));
        if (ec && ec != http::error::need_buffer) throw boost::system::system_error(ec);
    }
}

asio::awaitable<void> sleep(std::chrono::milliseconds duration)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> wait_until_canceled(std::string_view target)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, 60s);
    boost::system::error_code ec;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (ec) report(target);
}

// Ends when the peer has gone. It must not throw: `||` waits for the first *success*, so an exception from here would
// leave the handler running.
asio::awaitable<void> disconnect(stream& peer, beast::flat_buffer& buffer)
{
    boost::system::error_code ec;
    const auto n = co_await peer.socket().async_read_some(
        buffer.prepare(4096), asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    buffer.commit(n); // a pipelined request: from here on nobody watches
    co_await sleep(60s);
}

asio::awaitable<void> session(stream peer)
{
    using namespace asio::experimental::awaitable_operators;
    beast::flat_buffer buffer;
    try {
        for (bool keep_alive = true; keep_alive;) {
            peer.expires_after(30s);
            request req;
            co_await http::async_read(peer, buffer, req);

            const std::string_view target{req.target().data(), req.target().size()};
            if (target == "/download") {
                co_await download(peer, req);
                keep_alive = req.keep_alive();
                continue;
            }
            if (target.starts_with("/wait"))
                co_await (wait_until_canceled(target) || disconnect(peer, buffer));
            else if (target.starts_with("/sleep"))
                co_await sleep(10ms);

            auto res   = target == "/echo" ? echo(req) : target == "/upload" ? upload(req) : hello(req);
            keep_alive = res.keep_alive();
            co_await beast::async_write(peer, std::move(res), asio::use_awaitable);
        }
    } catch (boost::system::system_error const&) {
        // the peer has gone
    }
    boost::system::error_code ignored;
    peer.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> serve(tcp::endpoint endpoint)
{
    auto acceptor = asio::use_awaitable_t<asio::any_io_executor>::as_default_on(
        tcp::acceptor(co_await asio::this_coro::executor, endpoint));
    acceptor.listen(4096);
    for (;;) {
        stream peer(co_await acceptor.async_accept());
        peer.socket().set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), session(std::move(peer)), asio::detached);
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::cerr << "usage: beast_plain PORT [REPORT_FD]\n";
        return 2;
    }
    const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
    if (argc > 2) report_fd = std::atoi(argv[2]);

    asio::io_context io{1};
    asio::co_spawn(io, serve({asio::ip::address_v4::loopback(), port}), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    io.run();
}
