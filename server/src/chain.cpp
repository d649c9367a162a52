#include "chain.hpp"

#include <algorithm>
#include <utility>

namespace curfew::detail {

chain::chain(std::vector<middleware> links, handler last) : links_(std::move(links)), last_(std::move(last))
{
    const auto first_coroutine =
        std::find_if(links_.begin(), links_.end(), [](const middleware& link) { return link.is_coroutine(); });
    lead_         = static_cast<std::size_t>(first_coroutine - links_.begin());
    has_finished_ = std::any_of(links_.begin(), links_.end(), [](const middleware& link) { return link.has_finished(); });
}

std::optional<response> chain::before(const context& ctx, const request& req, std::size_t& ran) const
{
    for (ran = 0; ran != lead_;) {
        const auto& link = links_[ran];
        if (!link.has_before()) {
            ++ran;
            continue;
        }
        auto early = link.before(ctx, req);
        ++ran;
        if (early)
            return early;
    }
    return std::nullopt;
}

void chain::after(const context& ctx, const request& req, response& res, std::size_t& ran) const
{
    while (ran != 0)
        links_[--ran].after(ctx, req, res);
}

void chain::finished(const context& ctx, const request& req, const request_record& record, std::size_t& left) const
{
    while (left != 0)
        links_[--left].finished(ctx, req, record);
}

task<response> chain::start_at(std::size_t at, context ctx, request req) const
{
    if (at == links_.size())
        return last_.start(std::move(ctx), req);
    if (links_[at].is_coroutine())
        return links_[at].around(std::move(ctx), req, next(*this, at + 1));
    return hooked(at, std::move(ctx), req);
}

task<response> chain::hooked(std::size_t at, context ctx, request req) const
{
    const auto& link  = links_[at];
    auto        early = link.before(ctx, req);

    response answer;
    if (early)
        answer = std::move(*early);
    else
        answer = co_await start_at(at + 1, ctx, req);

    link.after(ctx, req, answer);
    co_return answer;
}

}  // namespace curfew::detail
