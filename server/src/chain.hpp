// The middlewares of one route and its handler, in the order in which they run.
#pragma once

#include <curfew/context.hpp>
#include <curfew/handler.hpp>
#include <curfew/middleware.hpp>
#include <curfew/outcome.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace curfew::detail {

/// A chain begins with hooks, its *lead*, which the connection runs itself, outside any coroutine:
///
///     std::size_t ran = 0;
///     auto early = chain.before(ctx, req, ran);                  // may throw
///     answer     = early                     ? std::move(*early)
///                : chain.is_plain()          ? chain.answer(ctx, req)             // may throw
///                                            : co_await chain.start(ctx, req);    // may throw
///     chain.after(ctx, req, answer, ran);                        // also on the answer made of an exception; may throw
///     std::size_t left = chain.size();
///     chain.finished(ctx, req, record, left);                    // once the outcome is known; may throw
///
/// The lead ends at the first coroutine middleware; hooks behind that one run inside the coroutine, as part of `start`.
///
/// Shared objects: safe; a chain does not change.
class chain {
public:
    chain(std::vector<middleware> links, handler last);

    std::size_t size() const noexcept { return links_.size(); }

    /// True if all middlewares are hooks and the handler is no coroutine: then `answer` may be called.
    bool is_plain() const noexcept { return lead_ == links_.size() && !last_.is_coroutine(); }

    /// Runs the lead's `before` hooks until one answers, and counts in `ran` those that returned.
    std::optional<response> before(const context& ctx, const request& req, std::size_t& ran) const;

    /// Runs the `after` hooks of the `ran` first links, in reverse, and counts down: none of them runs twice.
    void after(const context& ctx, const request& req, response& res, std::size_t& ran) const;

    /// True if some middleware has a `finished` hook; if not, nobody asks for the record.
    bool has_finished() const noexcept { return has_finished_; }

    /// Runs the `finished` hooks of the `left` first links, innermost first, and counts down: none of them runs twice.
    void finished(const context& ctx, const request& req, const request_record& record, std::size_t& left) const;

    response       answer(context ctx, request req) const { return last_(std::move(ctx), req); }
    task<response> start(context ctx, request req) const { return start_at(lead_, std::move(ctx), req); }

    /// Starts the chain at a link, which is the handler if `at` is their number.
    task<response> start_at(std::size_t at, context ctx, request req) const;

private:
    task<response> hooked(std::size_t at, context ctx, request req) const;

    std::vector<middleware> links_;
    handler                 last_;
    std::size_t             lead_ = 0;  // how many links, from the outermost, are hooks
    bool                    has_finished_;
};

}  // namespace curfew::detail
