#include <curfew/middleware/server_timing.hpp>

#include <curfew/detail/ascii.hpp>
#include <curfew/detail/loop.hpp>

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <stdexcept>
#include <string>

namespace curfew {
namespace {

/// The entries of one request, each with a comma before it.
struct timings
{
    std::string text;
};

double milliseconds(duration took)
{
    return std::chrono::duration<double, std::milli>(took).count();
}

}  // namespace

void server_timing::after(const context& ctx, const request&, response& res) const
{
    auto& work = ctx.life().work();

    fmt::memory_buffer value;
    fmt::format_to(std::back_inserter(value), "total;dur={:.3f}", milliseconds(work.loop().now() - work.started()));
    if (const auto* added = work.notes().find<timings>())
        value.append(added->text);
    res.headers().set("server-timing", {value.data(), value.size()});
}

void add_timing(const context& ctx, std::string_view name, duration took)
{
    if (!detail::is_token(name))
        throw std::invalid_argument("add_timing: the name is not a token");
    auto& entries = ctx.life().work().notes().get<timings>();
    fmt::format_to(std::back_inserter(entries.text), ", {};dur={:.3f}", name, milliseconds(took));
}

}  // namespace curfew
