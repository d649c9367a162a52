#include "big.hpp"

#include "query_within.hpp"

#include <curfew/stream.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace demo {
namespace {

constexpr std::uint64_t megabyte = 1024 * 1024;

/// 64 KiB of lines of 64 bytes.
const std::string& block()
{
    static const std::string lines = [] {
        std::string text;
        while (text.size() < 64 * 1024)
            text += "the quick brown fox jumps over the lazy dog and runs off again.\n";
        return text;
    }();
    return lines;
}

}  // namespace

curfew::response big(curfew::context, curfew::request req)
{
    const auto size  = megabyte * query_within(req, "mb", 64u, 1u, 4096u);
    auto       lines = [size](curfew::context ctx, curfew::body_writer& out) -> curfew::task<> {
        for (std::uint64_t sent = 0; sent != size; sent += block().size())
            co_await out.write(ctx, block());
    };
    return curfew::stream_response(curfew::status::ok, curfew::content_types::text, size, std::move(lines));
}

}  // namespace demo
