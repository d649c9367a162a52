#include <curfew/sse.hpp>

#include "run.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;

struct text_sink : detail::body_sink {
    task<void> write(context, std::string_view bytes) override
    {
        text += bytes;
        co_return;
    }
    std::string text;
};

TEST(sse_event, is_formatted_with_the_fields_it_has)
{
    sse_event event("hello");
    EXPECT_EQ(format(event), "data: hello\n\n");

    event.id    = "7";
    event.name  = "tick";
    event.retry = 2s;
    EXPECT_EQ(format(event), "id: 7\nevent: tick\nretry: 2000\ndata: hello\n\n");
}

TEST(sse_event, splits_its_data_at_every_kind_of_line_end)
{
    EXPECT_EQ(format(sse_event("a\nb\r\nc\rd\n")), "data: a\ndata: b\ndata: c\ndata: d\ndata:\n\n");
}

TEST(sse_event, refuses_a_name_or_id_that_would_start_another_field)
{
    sse_event event("x");
    event.name = "tick\ndata: forged";
    EXPECT_THROW(format(event), std::invalid_argument);

    event.name = "tick";
    event.id   = std::string("1\0", 2);
    EXPECT_THROW(format(event), std::invalid_argument);
}

TEST(sse, streams_events_and_comments)
{
    test_run  run;
    text_sink sink;
    auto      ticks = [](context ctx, sse_writer& out) -> task<void> {
        co_await out.comment(ctx, "still here");
        co_await out.send(ctx, sse_event("tick"));
    };
    const auto answer = sse(ticks);

    body_writer writer(sink);
    run(answer.stream()->produce(run.ctx(), writer));

    EXPECT_EQ(sink.text, ": still here\n\ndata: tick\n\n");
    EXPECT_EQ(answer.content_type(), "text/event-stream");
    EXPECT_EQ(answer.headers().find("cache-control"), "no-cache, no-transform");
}

}  // namespace
}  // namespace curfew
