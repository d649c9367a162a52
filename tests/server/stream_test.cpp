#include <curfew/stream.hpp>

#include "run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace curfew {
namespace {

struct text_sink : detail::body_sink {
    task<void> write(context, std::string_view bytes) override
    {
        text += bytes;
        co_return;
    }
    std::string text;
};

TEST(stream_response, has_its_body_produced_by_a_function)
{
    test_run  run;
    text_sink sink;
    auto      count = [](context ctx, body_writer& out) -> task<void> {
        for (int i = 0; i != 3; ++i)
            co_await out.write(ctx, std::to_string(i));
    };
    const auto answer = stream_response(status::ok, content_types::text, count);
    ASSERT_NE(answer.stream(), nullptr);

    body_writer writer(sink);
    run(answer.stream()->produce(run.ctx(), writer));

    EXPECT_EQ(sink.text, "012");
    EXPECT_EQ(answer.content_type(), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.stream()->length, std::nullopt);
}

TEST(stream_response, keeps_what_its_producer_captured_even_if_it_cannot_be_copied)
{
    test_run  run;
    text_sink sink;
    auto      produce = [text = std::make_unique<std::string>("kept")](context ctx, body_writer& out) -> task<void> {
        co_await out.write(ctx, *text);
    };
    auto       made   = stream_response(status::ok, content_types::bytes, 4, std::move(produce));
    const auto answer = std::move(made);

    body_writer writer(sink);
    run(answer.stream()->produce(run.ctx(), writer));

    EXPECT_EQ(sink.text, "kept");
    EXPECT_EQ(answer.stream()->length, 4u);
}

}  // namespace
}  // namespace curfew
