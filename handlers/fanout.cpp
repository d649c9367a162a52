#include "fanout.hpp"

#include "own_service.hpp"
#include "query_within.hpp"

#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/task_group.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace demo {
namespace {

constexpr unsigned most_calls = 64;

}  // namespace

fanout::fanout(std::shared_ptr<own_service> self) : self_(std::move(self))
{
}

curfew::task<curfew::response> fanout::answer(curfew::context ctx, curfew::request req)
{
    const auto                      count = req.path_param_as<unsigned>("n");
    const auto                      wait  = query_within(req, "ms", 100, 0, 600'000);
    const std::chrono::milliseconds within(query_within(req, "within", 1'000, 1, 600'000));
    const auto                      fails = query_within(req, "fail", 0u, 0u, most_calls);
    if (count > most_calls)
        throw curfew::http_error(curfew::status::bad_request, "at most " + std::to_string(most_calls) + " calls at once");

    auto answers = nlohmann::json::array();
    for (unsigned i = 0; i != count; ++i)
        answers.push_back(nullptr);
    auto call = [&](curfew::context c, unsigned number) -> curfew::task<> {
        const auto name   = "call " + std::to_string(number) + " of " + std::to_string(count);
        const auto target = number == fails ? "/orders/0" : "/chain/0?ms=" + std::to_string(wait);
        auto       answer = co_await self_->get_json(c, name, target);
        answers[number - 1] = std::move(answer["hops"][0]);
    };
    auto all = [&](curfew::task_group& group, curfew::context) -> curfew::task<> {
        for (unsigned number = 1; number <= count; ++number)
            group.start(call, number);
        co_return;
    };
    co_await curfew::with_task_group(curfew::with_timeout(ctx, within, "fanout"), all);
    co_return curfew::json(curfew::status::ok, {{"calls", std::move(answers)}});
}

}  // namespace demo
