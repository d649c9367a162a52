#include <curfew/next.hpp>

#include "chain.hpp"

#include <curfew/detail/error_mapping.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/stream.hpp>

#include <exception>
#include <utility>

namespace curfew {
namespace {

/// The home of the coroutine that runs under `ctx`, or under the nearest of its ancestors that one runs under.
detail::home* home_around(const context& ctx) noexcept
{
    for (auto* node = &ctx.node(); node; node = node->parent()) {
        if (auto* home = node->life().resident())
            return home;
    }
    return nullptr;
}

task<response> under(const detail::chain& links, std::size_t at, detail::home* home, context ctx, request req)
{
    ctx.throw_if_done();

    std::exception_ptr error;
    try {
        const detail::home_visit moved(home, ctx.life());
        auto                     answer = co_await links.start_at(at, ctx, req);
        if (auto* stream = answer.stream(); stream && !stream->ctx)
            stream->ctx = ctx;
        co_return answer;
    } catch (...) {
        error = std::current_exception();
    }
    std::rethrow_exception(detail::mapped(ctx.life(), error));
}

}  // namespace

task<response> next::operator()(context ctx, request req) const
{
    // Values alone make no other context in force: they share the life of the one they were added to.
    auto* const home = ctx.life().resident() ? nullptr : home_around(ctx);
    return home ? under(*chain_, at_, home, std::move(ctx), req) : chain_->start_at(at_, std::move(ctx), req);
}

}  // namespace curfew
