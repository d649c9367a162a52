#include <curfew/middleware/tracing.hpp>

#include "chain_run.hpp"

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <string>

namespace curfew {
namespace {

response hello(context, request)
{
    return text(status::ok, "hello");
}

TEST(tracing, puts_the_trace_and_the_request_id_into_the_answer)
{
    CURFEW_PROVES("T4");
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx = run.begin();

    const auto answer = run.answer({tracing()}, hello, ctx, sample.get());

    EXPECT_EQ(answer.headers().find("traceparent"), ctx.trace().traceparent().view());
    EXPECT_EQ(answer.headers().find("x-request-id"), ctx.trace().id_text().view());
}

TEST(tracing, leaves_traceparent_out_if_told_to)
{
    CURFEW_PROVES("T4");
    chain_run      run;
    sample_request sample(method::get, "/");

    const auto answer = run.answer({tracing({.traceparent = false})}, hello, run.begin(), sample.get());

    EXPECT_FALSE(answer.headers().contains("traceparent"));
    EXPECT_TRUE(answer.headers().contains("x-request-id"));
}

TEST(tracing, gives_the_client_its_own_request_id_back)
{
    CURFEW_PROVES("T4");
    chain_run      run;
    sample_request sample(method::get, "/");
    sample.header("X-Request-Id", "order-17.retry_2");

    const auto answer = run.answer({tracing()}, hello, run.begin(), sample.get());

    EXPECT_EQ(answer.headers().find("x-request-id"), "order-17.retry_2");
}

TEST(tracing, gives_the_trace_id_in_place_of_an_invalid_request_id)
{
    CURFEW_PROVES("T4");
    for (const auto& invalid : {std::string("a b"), std::string(129, 'x'), std::string(), std::string("a\"b"), std::string("\x1b[2J")}) {
        chain_run      run;
        sample_request sample(method::get, "/");
        sample.header("x-request-id", invalid);
        const auto ctx = run.begin();

        const auto answer = run.answer({tracing()}, hello, ctx, sample.get());

        EXPECT_EQ(answer.headers().find("x-request-id"), ctx.trace().id_text().view()) << invalid;
    }
}

TEST(tracing, keeps_the_longest_valid_request_id)
{
    sample_request    sample(method::get, "/");
    const std::string longest(128, 'x');
    sample.header("x-request-id", longest);
    chain_run run;

    EXPECT_EQ(request_id(run.begin(), sample.get()), longest);
}

TEST(tracing, replaces_what_a_handler_copied_from_elsewhere)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx      = run.begin();
    const auto     relaying = [](context, request) { return response().header("Traceparent", "old").header("X-Request-ID", "old"); };

    const auto answer = run.answer({tracing()}, relaying, ctx, sample.get());

    EXPECT_EQ(answer.headers().find_all("traceparent").size(), 1u);
    EXPECT_EQ(answer.headers().find("traceparent"), ctx.trace().traceparent().view());
    EXPECT_EQ(answer.headers().find_all("x-request-id").size(), 1u);
    EXPECT_EQ(answer.headers().find("x-request-id"), ctx.trace().id_text().view());
}

}  // namespace
}  // namespace curfew
