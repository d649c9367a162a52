#include <curfew/sse.hpp>

#include <algorithm>
#include <stdexcept>

namespace curfew {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name);
    out.append(value.empty() ? ":" : ": ");
    out.append(value);
    out.push_back('\n');
}

/// A field for each line of `text`, whichever way its lines end: a client takes all three for a line's end.
void append_lines(std::string& out, std::string_view name, std::string_view text)
{
    for (;;) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        append_field(out, name, text.substr(0, end));
        if (end == text.size())
            return;
        text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    }
}

void append_word(std::string& out, std::string_view name, std::string_view value)
{
    if (value.empty())
        return;
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
        throw std::invalid_argument("server-sent event: its " + std::string(name) + " has a line end or a NUL");
    append_field(out, name, value);
}

}  // namespace

std::string format(const sse_event& event)
{
    std::string out;
    append_word(out, "id", event.id);
    append_word(out, "event", event.name);
    if (event.retry)
        append_field(out, "retry", std::to_string(event.retry->count()));
    if (!event.data.empty())
        append_lines(out, "data", event.data);
    out.push_back('\n');
    return out;
}

task<void> sse_writer::send(context ctx, sse_event event)
{
    const auto bytes = format(event);
    co_await out_->write(std::move(ctx), bytes);
}

task<void> sse_writer::comment(context ctx, std::string text)
{
    std::string bytes;
    append_lines(bytes, "", text);
    bytes.push_back('\n');
    co_await out_->write(std::move(ctx), bytes);
}

response detail::sse_response(body_producer produce)
{
    return stream_response(status::ok, content_types::event_stream, std::move(produce))
        .header("Cache-Control", "no-cache, no-transform")
        .header("X-Accel-Buffering", "no");
}

}  // namespace curfew
