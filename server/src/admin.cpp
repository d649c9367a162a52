#include "admin.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/wait_point.hpp>
#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/sleep.hpp>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace curfew::detail {

using namespace std::chrono_literals;

namespace {

constexpr duration patience = 200ms;

/// The answers of the loops, collected on the loop of the one who asked.
struct survey {
    survey(loop& on, std::size_t count) : home(on), answers(count), missing(count), all(on.executor()) {}

    loop&                                                     home;
    std::vector<std::optional<std::vector<inflight_request>>> answers;
    std::size_t                                               missing;
    wait_point                                                all;
};

void ask(server_loop& one, std::size_t index, const std::shared_ptr<survey>& asked)
{
    one.post([&one, index, asked] {
        asked->home.post([asked, index, told = one.worker().snapshot()]() mutable {
            asked->answers[index] = std::move(told);
            if (--asked->missing == 0) asked->all.wake();
        });
    });
}

nlohmann::json to_json(const inflight_request& request)
{
    const auto     ms = std::chrono::duration_cast<std::chrono::milliseconds>(request.running).count();
    nlohmann::json result{{"method", request.method}, {"path", request.path}, {"route", request.route}, {"running_ms", ms}};
    if (request.why) result["cause"] = request.why.to_string();
    if (!request.waiting_at.empty()) result["waiting_at"] = request.waiting_at;
    return result;
}

task<response> inflight(const std::vector<std::unique_ptr<server_loop>>& loops, context ctx)
{
    const auto asked = std::make_shared<survey>(ctx.life().loop(), loops.size());
    for (std::size_t i = 0; i != loops.size(); ++i) ask(*loops[i], i, asked);
    const auto bounded = with_timeout(ctx, patience, "debug/inflight");
    if (asked->missing != 0) co_await asked->all.wait(bind_context(bounded, nothrow));
    ctx.throw_if_done();

    std::size_t    count    = 0;
    nlohmann::json requests = nlohmann::json::array(), silent = nlohmann::json::array();
    for (std::size_t i = 0; i != asked->answers.size(); ++i) {
        if (!asked->answers[i]) {
            silent.push_back(i);
            continue;
        }
        count += asked->answers[i]->size();
        for (const auto& each : *asked->answers[i]) requests.push_back(to_json(each));
    }
    nlohmann::json result{{"inflight", count}, {"requests", std::move(requests)}};
    if (!silent.empty()) result["silent_loops"] = std::move(silent);
    co_return json(status::ok, result);
}

// Takes as long for a wrong token as for a right one.
bool same(std::string_view a, std::string_view b) noexcept
{
    unsigned difference = a.size() != b.size();
    for (std::size_t i = 0; i != b.size(); ++i)
        difference |= static_cast<unsigned char>(b[i]) ^ static_cast<unsigned char>(i < a.size() ? a[i] : 0);
    return difference == 0;
}

struct token_check {
    std::string expected;

    std::optional<response> before(const context&, const request& req) const
    {
        if (same(req.header("authorization").value_or(""), expected)) return std::nullopt;
        auto refused = problem_response(status::unauthorized, "a token is needed");
        refused.header("www-authenticate", "Bearer");
        return refused;
    }
};

}  // namespace

void add_debug_routes(router& routes, const std::vector<std::unique_ptr<server_loop>>& loops)
{
    routes.get("/debug/inflight", [&loops](context ctx, request) { return inflight(loops, std::move(ctx)); });
}

middleware require_token(std::string token)
{
    return token_check{"Bearer " + std::move(token)};
}

}  // namespace curfew::detail
