#include <curfew/stream.hpp>

namespace curfew {
namespace {

response with_stream(status code, content_type type, std::optional<std::uint64_t> length, body_producer produce)
{
    auto* const stream = new detail::response_stream(std::move(produce));
    stream->length     = length;

    response answer(code, {}, type);
    answer.stream(std::unique_ptr<detail::response_stream, detail::drop_stream>(stream));
    return answer;
}

}  // namespace

response stream_response(status code, content_type type, body_producer produce)
{
    return with_stream(code, type, std::nullopt, std::move(produce));
}

response stream_response(status code, content_type type, std::uint64_t length, body_producer produce)
{
    return with_stream(code, type, length, std::move(produce));
}

}  // namespace curfew
