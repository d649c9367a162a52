#include "orders.hpp"

#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/problem.hpp>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace demo {
namespace {

nlohmann::json to_json(std::uint64_t id, const order& what)
{
    return {{"id", id}, {"item", what.item}, {"qty", what.qty}, {"note", what.note}};
}

curfew::response invalid(const std::vector<field_error>& errors)
{
    auto list = nlohmann::json::array();
    for (const auto& error : errors)
        list.push_back({{"pointer", error.pointer}, {"detail", error.detail}});

    curfew::problem what(curfew::status::unprocessable_content);
    what.detail("the order has " + std::to_string(errors.size()) + (errors.size() == 1 ? " error" : " errors"));
    what.with_json("errors", list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return curfew::problem_response(what);
}

}  // namespace

curfew::task<curfew::response> orders::create(curfew::context ctx, curfew::request req)
{
    const auto document = co_await req.read_json(ctx);
    auto       parsed   = parse_order(document);
    if (const auto* errors = std::get_if<std::vector<field_error>>(&parsed))
        co_return invalid(*errors);

    auto&      added = std::get<order>(parsed);
    const auto id    = store_.add(added);
    co_return curfew::json(curfew::status::created, to_json(id, added)).header("Location", "/orders/" + std::to_string(id));
}

curfew::response orders::show(curfew::context, curfew::request req) const
{
    const auto id    = req.path_param_as<std::uint64_t>("id");
    const auto found = store_.find(id);
    if (!found)
        throw curfew::http_error(curfew::status::not_found, "there is no order " + std::to_string(id));
    return curfew::json(curfew::status::ok, to_json(id, *found));
}

}  // namespace demo
