#include <curfew/middleware/body_limit.hpp>

#include "chain_run.hpp"

#include <gtest/gtest.h>

#include <string>

namespace curfew {
namespace {

task<response> echo(context ctx, request req)
{
    co_return text(status::ok, co_await req.read_all(ctx));
}

TEST(body_limit, refuses_an_announced_size_without_calling_the_handler)
{
    chain_run      run;
    sample_request sample(method::post, "/");
    sample.body("12345");
    const auto never = [](context, request) -> response {
        ADD_FAILURE() << "the handler was called";
        return response();
    };

    const auto answer = run.answer({body_limit(4)}, never, run.begin(), sample.get());

    EXPECT_EQ(answer.status(), status::content_too_large);
    EXPECT_EQ(answer.content_type(), "application/problem+json");
}

TEST(body_limit, refuses_a_chunked_body_once_it_is_larger)
{
    chain_run      run;
    sample_request sample(method::post, "/");
    sample.chunked("12345", 2);

    try {
        static_cast<void>(run.answer({body_limit(4)}, echo, run.begin(), sample.get()));
        FAIL() << "the body was taken";
    } catch (const http_error& error) {
        EXPECT_EQ(error.status(), status::content_too_large);
    }
}

TEST(body_limit, lets_a_body_of_just_its_size_pass)
{
    chain_run      run;
    sample_request announced(method::post, "/");
    announced.body("1234");
    sample_request chunked(method::post, "/");
    chunked.chunked("1234", 3);

    EXPECT_EQ(run.answer({body_limit(4)}, echo, run.begin(), announced.get()).body(), "1234");
    EXPECT_EQ(run.answer({body_limit(4)}, echo, run.begin(), chunked.get()).body(), "1234");
}

TEST(body_limit, never_raises_a_limit)
{
    chain_run      run;
    sample_request sample(method::post, "/");
    sample.chunked("12345", 2);

    EXPECT_THROW(static_cast<void>(run.answer({body_limit(4), body_limit(1000)}, echo, run.begin(), sample.get())), http_error);
}

}  // namespace
}  // namespace curfew
