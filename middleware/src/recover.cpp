#include <curfew/middleware/recover.hpp>

#include <curfew/detail/thrown.hpp>
#include <curfew/log.hpp>
#include <curfew/status.hpp>

#include <stdexcept>
#include <utility>

namespace curfew {
namespace {

void log_failure(const context& ctx, const request& req, const std::exception_ptr& thrown)
{
    log(ctx).error("{} {} failed: {}", to_string(req.method()), req.path(), detail::message_of(thrown));
}

}  // namespace

recover::recover(function answer) : answer_(std::move(answer))
{
    if (!answer_)
        throw std::invalid_argument("recover: the function is empty");
}

task<response> recover::operator()(context ctx, request req, next inner) const
{
    try {
        co_return co_await inner(ctx, req);
    } catch (...) {
        const auto thrown = std::current_exception();
        if (ctx.done() || detail::is_cancel(thrown))
            throw;
        auto answer = answer_(thrown, ctx);
        if (!answer)
            throw;
        if (is_server_error(answer->status()))
            log_failure(ctx, req, thrown);
        co_return std::move(*answer);
    }
}

}  // namespace curfew
