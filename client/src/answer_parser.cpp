#include "answer_parser.hpp"

#include <curfew/detail/ascii.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace curfew::detail {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view view(boost::beast::string_view text) noexcept
{
    return {text.data(), text.size()};
}

const char* explain(const boost::system::error_code& error) noexcept
{
    switch (static_cast<http::error>(error.value())) {
    case http::error::bad_version: return "no HTTP/1.0 or HTTP/1.1";
    case http::error::bad_status: return "bad status";
    case http::error::bad_reason: return "bad reason";
    case http::error::bad_field:
    case http::error::bad_value: return "bad field";
    case http::error::bad_content_length:
    case http::error::multiple_content_length: return "bad Content-Length";
    case http::error::bad_transfer_encoding: return "bad Transfer-Encoding";
    case http::error::bad_line_ending: return "bad line ending";
    case http::error::bad_chunk:
    case http::error::bad_chunk_extension: return "bad chunk";
    default: return "not HTTP";
    }
}

}  // namespace

answer_parser::answer_parser(fields& head, fields& trailers, std::size_t max_trailers, bool without_body)
    : head_(head), trailers_(trailers), trailers_left_(max_trailers)
{
    // Limits are the reader's.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
    eager(true);
    skip(without_body);
}

const char* answer_parser::read_head(std::string_view bytes)
{
    error_code error;
    put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (wrong_) return wrong_;
    if (error) return explain(error);
    return is_header_done() ? nullptr : "not HTTP";
}

answer_parser::decoded answer_parser::read_body(std::string_view bytes, std::span<char> into)
{
    into_    = into;
    written_ = 0;
    decoded    result;
    error_code error;
    result.used    = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    result.written = written_;
    if (wrong_)
        result.wrong = wrong_;
    else if (error && error != http::error::need_more && error != http::error::need_buffer)
        result.wrong = explain(error);
    return result;
}

bool answer_parser::keeps_connection() const noexcept
{
    return keep_alive() && !head_.has_token("connection", "close");
}

void answer_parser::on_response_impl(int code, boost::beast::string_view, int version, error_code&)
{
    status_  = static_cast<unsigned>(code);
    version_ = version;
}

void answer_parser::on_field_impl(http::field name, boost::beast::string_view text, boost::beast::string_view value,
                                  error_code& error)
{
    if (!in_head_) {
        if (trailers_left_ == 0) return stop("too many trailers", error);
        --trailers_left_;
        return keep(trailers_, text, value, error);
    }
    // Beast takes a coding that it does not know for none at all.
    if (name == http::field::transfer_encoding) {
        if (chunked_ || version_ == 10 || !iequals(view(value), "chunked")) return stop("bad Transfer-Encoding", error);
        chunked_ = true;
    }
    keep(head_, text, value, error);
}

void answer_parser::keep(fields& in, boost::beast::string_view text, boost::beast::string_view value, error_code& error)
{
    try {
        in.append(view(text), view(value));
    } catch (const std::invalid_argument&) {
        stop("bad field", error);
    }
}

std::size_t answer_parser::write(boost::beast::string_view bytes, error_code& error)
{
    const auto size = std::min(bytes.size(), into_.size() - written_);
    if (size != 0) std::memcpy(into_.data() + written_, bytes.data(), size);
    written_ += size;
    if (size != bytes.size()) error = http::error::need_buffer;
    return size;
}

void answer_parser::stop(const char* why, error_code& error)
{
    wrong_ = why;
    error  = http::error::bad_value;
}

}  // namespace curfew::detail
