#include <curfew/log.hpp>

#include <curfew/after_cancel.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::manual_clock;
using testing::test_loop;

/// Captures the log while it lives.
class captured_log {
public:
    explicit captured_log(log_format format = log_format::text, log_level level = log_level::info)
    {
        log_options options;
        options.level  = level;
        options.format = format;
        options.sink   = [this](std::string_view line) { lines.emplace_back(line); };
        configure_log(options);
    }
    ~captured_log() { configure_log({}); }

    std::vector<std::string> lines;
};

struct counts_formatting {
    int* count;
};
}  // namespace
}  // namespace curfew

template <>
struct fmt::formatter<curfew::counts_formatting> {
    constexpr auto parse(fmt::format_parse_context& ctx) { return ctx.begin(); }
    auto           format(const curfew::counts_formatting& c, fmt::format_context& ctx) const
    {
        ++*c.count;
        return ctx.out();
    }
};

namespace curfew {
namespace {

TEST(log, puts_the_trace_id_on_every_line_of_children_callbacks_and_concurrent_functions_and_on_no_others)
{
    CURFEW_PROVES("T5");
    manual_clock clock;
    test_loop    loop(clock);
    captured_log captured;
    const auto   one    = with_trace(loop.background(), trace_context::generate());
    const auto   two    = with_trace(loop.background(), trace_context::generate());
    const auto   handle = [&](context ctx) -> task<> {
        auto child = [](context c) -> task<> {
            co_await sleep_for(c, 1ms);
            log(c).info("child");
        };
        auto       source   = with_cancel(ctx);
        const auto callback = after_cancel(source.get_context(), [c = ctx] { log(c).info("callback"); });
        log(ctx).info("handler");
        co_await when_all(ctx, child, child);
        source.cancel();
    };
    auto first  = loop.start(handle(one));
    auto second = loop.start(handle(two));

    clock.advance(1ms);

    ASSERT_EQ(captured.lines.size(), 8u);
    for (const auto& ctx : {one, two}) {
        const std::string id = "trace=" + std::string(ctx.trace().id_text()) + " ";
        EXPECT_EQ(std::count_if(captured.lines.begin(), captured.lines.end(),
                                [&](const std::string& line) { return line.find(id) != line.npos; }),
                  4);
    }
}

TEST(log, escapes_control_characters_and_bytes_that_are_no_utf8)
{
    CURFEW_PROVES("T6");
    manual_clock clock;
    test_loop    loop(clock);
    captured_log captured;
    const std::string header = "a\r\n2026-01-01 error forged\x1b[2J\x7f\xff\xc2\x9b caf\xc3\xa9";

    log(loop.background()).info("user agent {}", header);
    log(loop.background()).write(log_level::info, "request", {{"user_agent", std::string_view(header)}});

    const std::string safe = "a\\x0d\\x0a2026-01-01 error forged\\x1b[2J\\x7f\\xff\\u009b caf\xc3\xa9";
    ASSERT_EQ(captured.lines.size(), 2u);
    EXPECT_THAT(captured.lines[0], EndsWith("user agent " + safe));
    EXPECT_THAT(captured.lines[1], EndsWith("request user_agent=" + safe));
}

TEST(log, writes_valid_json_whatever_the_message_holds)
{
    CURFEW_PROVES("T6");
    manual_clock clock;
    test_loop    loop(clock);
    captured_log captured(log_format::json);
    const auto   ctx = with_trace(loop.background(), trace_context::generate());

    log(ctx).write(log_level::warn, "a \"quote\"\n\xff",
                   {{"status", 200}, {"bytes", std::uint64_t{5}}, {"ms", 1.5}, {"late", true}, {"path", "/\\x"}});

    ASSERT_EQ(captured.lines.size(), 1u);
    const auto line = nlohmann::json::parse(captured.lines[0]);
    EXPECT_EQ(line["trace_id"], std::string(ctx.trace().id_text()));
    EXPECT_EQ(line["level"], "warning");
    EXPECT_EQ(line["message"], "a \"quote\"\n\\xff");
    EXPECT_EQ(line["status"], 200);
    EXPECT_EQ(line["bytes"], 5);
    EXPECT_EQ(line["ms"], 1.5);
    EXPECT_EQ(line["late"], true);
    EXPECT_EQ(line["path"], "/\\x");
    EXPECT_FALSE(line["time"].get<std::string>().empty());
}

TEST(log, does_not_format_a_line_below_its_level)
{
    manual_clock clock;
    test_loop    loop(clock);
    captured_log captured(log_format::text, log_level::warn);
    int          formatted = 0;

    log(loop.background()).info("{}", counts_formatting{&formatted});
    EXPECT_EQ(formatted, 0);
    log(loop.background()).warn("{}", counts_formatting{&formatted});

    EXPECT_EQ(formatted, 1);
    EXPECT_EQ(captured.lines.size(), 1u);
}

TEST(log, tells_of_an_exception_that_leaves_a_callback)
{
    manual_clock clock;
    test_loop    loop(clock);
    captured_log captured;
    auto         source   = with_cancel(loop.background());
    const auto   callback = after_cancel(source.get_context(), [] { throw std::runtime_error("no\nway"); });

    source.cancel();

    ASSERT_EQ(captured.lines.size(), 1u);
    EXPECT_THAT(captured.lines[0], HasSubstr("log_test.cpp"));
    EXPECT_THAT(captured.lines[0], EndsWith("no\\x0away"));
}

TEST(log, warns_once_for_each_place_that_calls_todo)
{
    captured_log captured;

    for (int i = 0; i < 3; ++i) static_cast<void>(todo());

    ASSERT_EQ(captured.lines.size(), 1u);
    EXPECT_THAT(captured.lines[0], HasSubstr("todo()"));
}

TEST(log, begins_each_line_with_the_time_in_utc)
{
    const std::string time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)";
    manual_clock clock;
    test_loop    loop(clock);
    for (const auto format : {log_format::text, log_format::json}) {
        captured_log captured(format);

        log(loop.background()).info("now");

        const auto whole = format == log_format::text ? time + " info now" : R"(\{"time":")" + time + R"(","level":"info","message":"now"\})";
        ASSERT_EQ(captured.lines.size(), 1u);
        EXPECT_TRUE(std::regex_match(captured.lines[0], std::regex(whole))) << captured.lines[0];
    }
}

}  // namespace
}  // namespace curfew
