#include "chain.hpp"

#include "own_service.hpp"
#include "query_within.hpp"

#include <curfew/cause.hpp>
#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/sleep.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace demo {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr unsigned most_hops = 16;

nlohmann::json in_ms(std::optional<curfew::duration> left)
{
    if (!left)
        return nullptr;
    return std::chrono::duration<double, std::milli>(std::chrono::floor<microseconds>(*left)).count();
}

nlohmann::json describe(const curfew::context& ctx, unsigned hop)
{
    return {{"hop", hop},
            {"budget_ms", in_ms(ctx.remaining())},
            {"set_by", curfew::to_string(ctx.deadline_set_by())},
            {"trace_id", ctx.trace().id_text().view()},
            {"span_id", ctx.trace().span_text().view()}};
}

}  // namespace

chain::chain(std::shared_ptr<own_service> self) : self_(std::move(self))
{
}

curfew::task<curfew::response> chain::answer(curfew::context ctx, curfew::request req)
{
    const auto hop  = req.path_param_as<unsigned>("n");
    const auto wait = query_within(req, "ms", 0, 0, 600'000);
    if (hop > most_hops)
        throw curfew::http_error(curfew::status::bad_request, "a chain has at most " + std::to_string(most_hops) + " hops");

    auto hops = nlohmann::json::array({describe(ctx, hop)});
    if (hop == 0) {
        co_await curfew::sleep_for(ctx, milliseconds(wait));
    } else {
        const auto next = std::to_string(hop - 1);
        auto       rest = co_await self_->get_json(ctx, "hop " + next, "/chain/" + next + "?ms=" + std::to_string(wait));
        for (auto& each : rest["hops"])
            hops.push_back(std::move(each));
    }
    co_return curfew::json(curfew::status::ok, {{"hops", std::move(hops)}});
}

}  // namespace demo
