#include "client_call.hpp"

#include "call_budget.hpp"
#include "call_retry.hpp"
#include "call_target.hpp"
#include "redirect.hpp"

#include <curfew/client_error.hpp>
#include <curfew/retry.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace curfew::detail {

namespace {

constexpr std::size_t redirect_body = 64 * 1024;  // what is read of one, so that its connection can be kept

using exchange_ptr = std::unique_ptr<client_exchange>;

// A kept connection that its owner closed meanwhile shows now or when it is used; both are nobody's fault.
task<exchange_ptr> attempt(const context& ctx, client_loop& on, client_request& request, const call_target& to,
                           std::source_location where)
{
    budget_of(ctx, *on.options(), call_phase::prepare, to.origin.text());
    std::optional<pool_place> place(co_await on.acquire(ctx, to.origin, where));
    while (place->has_stream() && !place->stream().is_quiet()) place->replace_stream();
    for (;;) {
        if (!place->has_stream()) {
            budget_of(ctx, *on.options(), call_phase::connect, to.origin.text());  // the wait has taken its time
            auto fresh = co_await on.connector().connect(ctx, to.origin);
            place->adopt(std::move(fresh));
        }
        auto       exchange = std::make_unique<client_exchange>(std::move(*place), request.method());
        const auto outcome  = co_await exchange->run(ctx, request, to);
        if (outcome == client_exchange::outcome::answered) co_return exchange;
        place.emplace(exchange->take_place());
    }
}

// All attempts lie within `ctx`; each is told what is left by then.
task<exchange_ptr> attempts(const context& ctx, client_loop& on, client_request& request, const call_target& to,
                            std::source_location where)
{
    const auto&  chosen   = on.options()->retries;
    duration     at_least = duration::zero();  // is the pause that the other side asked for
    retry_policy policy;
    policy.attempts        = chosen.attempts;
    policy.first_pause     = chosen.first_pause;
    policy.longest_pause   = chosen.longest_pause;
    policy.attempt_timeout = chosen.attempt_time;
    policy.budget          = on.retries_to(to.origin);
    policy.retryable       = [&](const std::exception_ptr& error) { return may_try_again(error, request); };
    policy.jitter          = [&](duration most) { return std::max(random_up_to(most), at_least); };

    auto once = [&](context c) -> task<exchange_ptr> {
        at_least    = duration::zero();
        auto answer = co_await attempt(c, on, request, to, where);
        if (!asks_to_try_again(*answer, request)) co_return answer;
        at_least = *pause_asked_for(*answer);
        throw not_now(std::move(answer));
    };
    try {
        co_return co_await retry(ctx, policy, once);
    } catch (const not_now& refused) {
        co_return refused.take();
    }
}

call_target target_of(const client_request& request, const client_options& options)
{
    auto to = read_url(request.url(), options.base_url);
    if (!to) throw client_error(client_errc::malformed_url, call_phase::prepare, {});
    return std::move(*to);
}

}  // namespace

task<client_response> call(std::shared_ptr<client_core> core, context ctx, client_request request, std::source_location where)
{
    ctx.throw_if_done();
    auto&      on      = core->of(ctx);
    const auto keep    = on.shared_from_this();
    const auto limit   = request.timeout().value_or(core->options().timeout);
    const auto limited = limit > duration::zero() ? with_timeout(ctx, limit, "call", where) : ctx;
    const auto ends_at = limit > duration::zero() ? std::optional(on.loop().now() + limit) : std::nullopt;

    const auto& chosen  = core->options().retries;
    const bool  retries = chosen.attempts > 1 || chosen.attempt_time > duration::zero();

    const auto most = request.max_redirects().value_or(core->options().max_redirects);
    auto       to   = target_of(request, core->options());
    for (unsigned followed = 0;; ++followed) {
        exchange_ptr exchange;  // g++ 12 destroys what a conditional expression awaits twice
        if (retries)
            exchange = co_await attempts(limited, on, request, to, where);
        else
            exchange = co_await attempt(limited, on, request, to, where);
        const auto next = most == 0 ? std::nullopt : redirect_of(exchange->status(), exchange->head(), to, request);
        if (!next) {
            if (ends_at) exchange->ends_at(*ends_at);
            co_return client_response(std::move(exchange));
        }
        if (followed == most) throw client_error(client_errc::too_many_redirects, call_phase::read, to.origin.text());
        co_await exchange->skip_body(limited, redirect_body);
        follow_redirect(request, exchange->status(), to, *next);
        to = *next;
    }
}

}  // namespace curfew::detail
