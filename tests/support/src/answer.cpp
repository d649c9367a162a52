#include <curfew/testing/answer.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <limits>
#include <utility>

namespace curfew::testing {

namespace http = boost::beast::http;

std::optional<parsed_answer> parse_answer(std::string_view bytes, method asked, bool ended)
{
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.skip(asked == method::head);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());

    boost::system::error_code error;
    std::size_t               size = 0;
    while (!parser.is_done() && size != bytes.size() && !error)
        size += parser.put(boost::asio::buffer(bytes.data() + size, bytes.size() - size), error);
    if (error == http::error::need_more) error = {};
    if (ended && parser.is_header_done() && !parser.is_done() && !error) {
        parser.put_eof(error);
        if (error == http::error::partial_message) error = {};
    } else if (!parser.is_done() && !error) {
        return std::nullopt;
    }
    if (error) throw boost::system::system_error(error, "reading an answer");

    parsed_answer found;
    found.size            = size;
    found.answer.complete = parser.is_done();
    auto message          = parser.release();
    found.answer.status   = static_cast<status>(message.result_int());
    for (const auto& each : message)
        found.answer.fields.append({each.name_string().data(), each.name_string().size()}, {each.value().data(), each.value().size()});
    found.answer.body = std::move(message.body());
    return found;
}

}  // namespace curfew::testing
