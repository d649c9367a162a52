#include <curfew/detach.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/detail/cause_record.hpp>
#include <curfew/log.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

constexpr context_key<int> answer_key{"answer"};

detail::loop& loop_of(test_loop& loop)
{
    return loop.background().life().loop();
}

TEST(detach, goes_on_after_its_context_has_ended_with_the_same_values_and_trace)
{
    CURFEW_PROVES("T5");
    manual_clock clock;
    test_loop    loop(clock);
    std::string  seen;
    auto         work = [&seen](context c, std::string text) -> task<> {
        co_await sleep_for(c, 1s);
        seen = text + std::to_string(*c.value(answer_key)) + std::string(c.trace().id_text());
    };
    const auto trace = trace_context::generate();
    {
        auto source = with_cancel(with_value(with_trace(loop.background(), trace), answer_key, 42));
        detach(source.get_context(), "audit", 10s, work, std::string("answer "));
        source.cancel();
    }

    loop.run_ready();
    EXPECT_EQ(loop_of(loop).detached_running(), 1u);
    clock.advance(1s);

    EXPECT_EQ(seen, "answer 42" + std::string(trace.id_text()));
    EXPECT_EQ(loop_of(loop).detached_running(), 0u);
}

TEST(detach, ends_when_its_budget_is_used_up)
{
    manual_clock clock;
    test_loop    loop(clock);
    cause        seen;
    detach(loop.background(), "audit", 2s, [&seen](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        seen = c.cause();
    });

    loop.run_ready();
    clock.advance(2s);

    EXPECT_EQ(seen.kind(), cause_kind::deadline_exceeded);
    EXPECT_EQ(seen.scope(), "audit");
    EXPECT_EQ(seen.configured(), 2s);
}

TEST(detach, is_listed_and_ends_when_the_loop_shuts_its_detached_work_down)
{
    manual_clock clock;
    test_loop    loop(clock);
    cause        seen;
    int          empty = 0;
    loop_of(loop).watch_detached([](void* count) { ++*static_cast<int*>(count); }, &empty);
    detach(loop.background(), "audit", 1h, [&seen](context c) -> task<> {
        static_cast<void>(co_await sleep_for(c, 1h, nothrow));
        seen = c.cause();
    });
    loop.run_ready();
    auto&                    root = loop_of(loop).detached_root();
    std::vector<std::string> names;
    root.for_each_hook([&](const detail::hook& h) { names.emplace_back(h.describe().name); });

    root.cancel(detail::make_cause(cause_kind::shutdown, root, {}));
    loop.run_ready();

    EXPECT_THAT(names, ::testing::ElementsAre("audit"));
    EXPECT_EQ(seen.kind(), cause_kind::shutdown);
    EXPECT_EQ(empty, 1);
}

TEST(detach, logs_what_its_function_throws_with_the_trace_id)
{
    CURFEW_PROVES("T5");
    std::vector<std::string> lines;
    log_options              capture;
    capture.sink = [&](std::string_view line) { lines.emplace_back(line); };
    configure_log(capture);
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx = with_trace(loop.background(), trace_context::generate());

    detach(ctx, "audit", 1s, [](context) -> task<> { throw std::runtime_error("disk\nfull"); co_return; });
    loop.run_ready();
    configure_log({});

    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], ::testing::HasSubstr("trace=" + std::string(ctx.trace().id_text())));
    EXPECT_THAT(lines[0], ::testing::HasSubstr("detached work 'audit'"));
    EXPECT_THAT(lines[0], ::testing::HasSubstr("disk\\x0afull"));
}

}  // namespace
}  // namespace curfew
