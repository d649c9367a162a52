#include <curfew/middleware/server_timing.hpp>

#include "chain_run.hpp"

#include <curfew/sleep.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace curfew {
namespace {

using namespace std::chrono_literals;

TEST(server_timing, says_how_long_the_answer_took)
{
    chain_run           run;
    sample_request      sample(method::get, "/");
    const detail::chain links({server_timing()}, [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 25ms);
        co_return response();
    });
    auto                running = run.start(links, run.begin(), sample.get());

    run.clock.advance(25ms);
    run.loop.run_ready();

    EXPECT_EQ(running.value().headers().find("server-timing"), "total;dur=25.000");
}

TEST(server_timing, adds_what_the_handler_measured)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     measures = [](context ctx, request) {
        add_timing(ctx, "db", 4500us);
        add_timing(with_timeout(ctx, 1s), "cache-read", 120us);  // a child belongs to the same request
        return response();
    };

    const auto answer = run.answer({server_timing()}, measures, run.begin(), sample.get());

    EXPECT_EQ(answer.headers().find("server-timing"), "total;dur=0.000, db;dur=4.500, cache-read;dur=0.120");
}

TEST(server_timing, shows_nothing_of_another_request)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    add_timing(run.begin(), "db", 1ms);
    const auto other = run.begin();
    add_timing(other, "db", 2ms);

    const auto answer = run.answer({server_timing()}, [](context, request) { return response(); }, run.begin(), sample.get());

    EXPECT_EQ(answer.headers().find("server-timing"), "total;dur=0.000");
}

TEST(server_timing, forgets_its_entries_when_the_node_is_reused)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     ctx  = run.begin();
    auto&          work = ctx.life().work();
    add_timing(ctx, "db", 1ms);
    work.reuse(run.clock.now(), detail::node::no_deadline, {});

    const auto answer = run.answer({server_timing()}, [](context, request) { return response(); }, ctx, sample.get());

    EXPECT_EQ(answer.headers().find("server-timing"), "total;dur=0.000");
}

TEST(server_timing, refuses_a_name_that_would_spoil_the_field)
{
    chain_run  run;
    const auto ctx = run.begin();

    EXPECT_THROW(add_timing(ctx, "", 1ms), std::invalid_argument);
    EXPECT_THROW(add_timing(ctx, "a;b", 1ms), std::invalid_argument);
    EXPECT_THROW(add_timing(ctx, "a\r\nb", 1ms), std::invalid_argument);
}

}  // namespace
}  // namespace curfew
