#include "body_encoder.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace curfew::detail {

namespace {

// RFC 9112 §7.1: chunk-size CRLF chunk-data CRLF
void append_chunk(output_buffer& out, std::string_view data)
{
    constexpr std::size_t framing_room = 2 * sizeof(std::size_t) + 4;
    char* const room                   = out.prepare(data.size() + framing_room);
    char* at                           = std::to_chars(room, room + 2 * sizeof(std::size_t), data.size(), 16).ptr;

    *at++ = '\r';
    *at++ = '\n';
    at    = std::copy_n(data.data(), data.size(), at);
    *at++ = '\r';
    *at++ = '\n';
    out.commit(at);
}

}  // namespace

bool body_encoder::append(output_buffer& out, std::string_view content)
{
    switch (framing_) {
    case body_framing::none: break;
    case body_framing::content_length:
        if (content.size() > left_) {
            return false;
        }
        left_ -= content.size();
        out.append(content);
        break;
    case body_framing::chunked:
        if (!content.empty()) {  // an empty chunk would be the last
            append_chunk(out, content);
        }
        break;
    case body_framing::until_close: out.append(content); break;
    }
    return true;
}

bool body_encoder::finish(output_buffer& out)
{
    if (framing_ == body_framing::chunked) {
        out.append("0\r\n\r\n");
    }
    return framing_ != body_framing::content_length || left_ == 0;
}

}  // namespace curfew::detail
