#include <curfew/next.hpp>

#include "chain.hpp"

#include <curfew/detail/home.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/error.hpp>
#include <curfew/stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

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

/// Makes the coroutine's raw operations obey another context while it lives.
class moved_home {
public:
    moved_home(detail::home& home, const context& to) : home_(home), from_(home.retarget(&to.life())) {}
    ~moved_home() { home_.retarget(from_.get()); }

    moved_home(const moved_home&)            = delete;
    moved_home& operator=(const moved_home&) = delete;

private:
    detail::home&                  home_;
    detail::node_ptr<detail::node> from_;
};

/// Rethrows, with what `ctx` did to a raw operation turned into the error of `ctx`.
[[noreturn]] void rethrow_under(const context& ctx, const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& thrown) {
        if (thrown.code() == boost::asio::error::operation_aborted)
            ctx.throw_if_done();
        throw;
    }
}

task<response> under(const detail::chain& links, std::size_t at, detail::home* home, context ctx, request req)
{
    ctx.throw_if_done();

    std::exception_ptr error;
    try {
        const moved_home moved(*home, ctx);
        auto             answer = co_await links.start_at(at, ctx, req);
        if (auto* stream = answer.stream(); stream && !stream->ctx)
            stream->ctx = ctx;
        co_return answer;
    } catch (...) {
        error = std::current_exception();
    }
    rethrow_under(ctx, error);
}

}  // namespace

task<response> next::operator()(context ctx, request req) const
{
    // Values alone make no other context in force: they share the life of the one they were added to.
    auto* const home = ctx.life().resident() ? nullptr : home_around(ctx);
    return home ? under(*chain_, at_, home, std::move(ctx), req) : chain_->start_at(at_, std::move(ctx), req);
}

}  // namespace curfew
