#include <curfew/handler.hpp>

#include "run.hpp"
#include "sample_request.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace curfew {
namespace {

response plain_function(context, request req)
{
    return text(status::ok, "plain " + std::string(req.path()));
}

task<response> coroutine_function(context, request req)
{
    co_return text(status::ok, "coroutine " + std::string(req.path()));
}

struct notes {
    response       list(context, request) const { return text(status::ok, "list"); }
    task<response> show(context, request) { co_return text(status::ok, "show " + std::to_string(++shown)); }
    int            shown = 0;
};

std::string body_of(const handler& answer)
{
    test_run       run;
    sample_request sample(method::get, "/x");
    return run(answer.start(run.ctx(), sample.get())).body();
}

TEST(handler, is_made_from_a_plain_function)
{
    const handler  answer = plain_function;
    test_run       run;
    sample_request sample(method::get, "/x");

    EXPECT_FALSE(answer.is_coroutine());
    EXPECT_EQ(answer(run.ctx(), sample.get()).body(), "plain /x");
    EXPECT_EQ(body_of(answer), "plain /x");
}

TEST(handler, is_made_from_a_coroutine)
{
    const handler answer = coroutine_function;

    EXPECT_TRUE(answer.is_coroutine());
    EXPECT_EQ(body_of(answer), "coroutine /x");
}

TEST(handler, is_made_from_lambdas_and_keeps_their_captures)
{
    auto shared = std::make_shared<std::string>("kept");

    const handler plain     = [shared](const context&, const request&) { return text(status::ok, *shared); };
    const handler coroutine = [shared](context, request) -> task<response> { co_return text(status::ok, *shared); };
    const auto    copies    = shared.use_count();
    shared.reset();

    EXPECT_EQ(copies, 3);
    EXPECT_EQ(body_of(plain), "kept");
    EXPECT_EQ(body_of(coroutine), "kept");
}

TEST(handler, is_made_from_a_bound_member_function)
{
    notes all;

    EXPECT_EQ(body_of(std::bind_front(&notes::list, &all)), "list");
    EXPECT_EQ(body_of(std::bind_front(&notes::show, &all)), "show 1");
    EXPECT_EQ(all.shown, 1);
}

TEST(handler, shares_its_function_with_its_copies)
{
    notes         all;
    const handler first  = std::bind_front(&notes::show, &all);
    const handler second = first;

    EXPECT_EQ(body_of(first), "show 1");
    EXPECT_EQ(body_of(second), "show 2");
}

}  // namespace
}  // namespace curfew
