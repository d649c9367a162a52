// curl -iN -m 1 -H 'connection: upgrade' -H 'upgrade: websocket' -H 'sec-websocket-version: 13' -H 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==' localhost:8080/echo
//
// WebSocket by Beast, on the raw stream of a connection.

#include <curfew/bind_context.hpp>
#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/server.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>
#include <curfew/upgrade.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>

#include <iostream>
#include <tuple>
#include <utility>

namespace beast = boost::beast;

curfew::task<curfew::response> echo(curfew::context ctx, curfew::request req)
{
    beast::http::request<beast::http::empty_body> head(beast::http::verb::get, req.target(), 11);
    for (const auto& [name, value] : req.headers())
        head.insert(name, value);

    beast::websocket::stream<curfew::upgraded_stream> socket(co_await curfew::upgrade(ctx, req, "websocket"));
    co_await socket.async_accept(head, curfew::bind_context(ctx));
    for (;;) {
        beast::flat_buffer message;
        const auto         read = co_await socket.async_read(message, curfew::bind_context(ctx, curfew::nothrow));
        if (std::get<0>(read))  // closed by the client, or it left
            co_return curfew::response();
        socket.text(socket.got_text());
        co_await socket.async_write(message.data(), curfew::bind_context(ctx));
    }
}

int main(int argc, char** argv)
try {
    curfew::router routes;
    routes.get("/echo", echo);

    curfew::server_options options;
    options.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"};
    return curfew::server(std::move(routes), options).run();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
