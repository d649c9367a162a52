#include "echo.hpp"

#include <curfew/stream.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace demo {

curfew::task<curfew::response> echo(curfew::context ctx, curfew::request req)
{
    // The first piece is read before the answer begins: a client that waits for 100-continue gets it, and a body that is
    // refused gets a status of its own.
    std::string piece(64 * 1024, '\0');
    auto        size = co_await req.read_some(ctx, boost::asio::buffer(piece));

    auto rest = [req, piece = std::move(piece), size](curfew::context c, curfew::body_writer& out) mutable -> curfew::task<> {
        while (size != 0) {
            co_await out.write(c, std::string_view(piece.data(), size));
            size = co_await req.read_some(c, boost::asio::buffer(piece));
        }
    };
    const auto length = req.content_length();
    co_return length ? curfew::stream_response(curfew::status::ok, curfew::content_types::bytes, *length, std::move(rest))
                     : curfew::stream_response(curfew::status::ok, curfew::content_types::bytes, std::move(rest));
}

}  // namespace demo
