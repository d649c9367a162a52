#include <curfew/middleware/access_log.hpp>

#include "captured_log.hpp"
#include "chain_run.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/error.hpp>
#include <curfew/middleware/tracing.hpp>
#include <curfew/router.hpp>
#include <curfew/testing/proves.hpp>

#include "route_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <latch>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// Logs through a log that is closed before its lines are read.
class logged
{
public:
    explicit logged(access_log_options options = {}) : sink_(std::make_shared<captured_log>())
    {
        options.sink = sink_;
        log_         = std::make_unique<access_log>(std::move(options));
    }

    void operator()(const context& ctx, const request& req, const request_record& record = {})
    {
        log_->finished(ctx, req, record);
    }

    std::vector<std::string> lines()
    {
        log_.reset();
        return sink_->lines();
    }
    /// Precondition: one line was logged.
    std::string line() { return lines().at(0); }

private:
    std::shared_ptr<captured_log> sink_;
    std::unique_ptr<access_log>   log_;
};

request_record record_of(const context& ctx)
{
    request_record record;
    record.outcome = outcome::deadline;
    record.status  = status::gateway_timeout;
    record.why     = ctx.cause();
    record.quiet   = 1500us;
    record.stopped = 2;
    return record;
}

TEST(access_log, says_in_text_what_became_of_a_request)
{
    chain_run                 run;
    const detail::route_table table(router().get("/notes/{id}", [](context, request) { return response(); }));
    sample_request            sample(method::get, "/notes/7?full=1");
    sample.data().route = &table.find(method::get, "/notes/7", sample.data().params);
    const auto     ctx  = run.begin();
    request_record record;
    record.sent = 532;
    record.took = 1234us;
    logged log;

    log(ctx, sample.get(), record);

    const auto line = log.line();
    EXPECT_TRUE(std::regex_match(line.substr(0, 24), std::regex("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"))) << line;
    EXPECT_EQ(line.substr(24), " GET \"/notes/7?full=1\" 200 completed 1.234ms 532B route=\"/notes/{id}\" peer=192.0.2.1:4711 trace=" +
                                   std::string(ctx.trace().id_text()) + " span=" + std::string(ctx.trace().span_text()));
}

TEST(access_log, says_in_json_what_became_of_a_request)
{
    chain_run                 run;
    const detail::route_table table(router().get("/notes/{id}", [](context, request) { return response(); }));
    sample_request            sample(method::get, "/notes/7?full=1");
    sample.header("x-request-id", "order-17").header("user-agent", "curl/8");
    sample.data().route = &table.find(method::get, "/notes/7", sample.data().params);
    const auto     ctx  = run.begin();
    request_record record;
    record.sent = 532;
    record.took = 1234us;
    logged log({.format = log_format::json, .user_agent = true});

    log(ctx, sample.get(), record);

    auto line = nlohmann::json::parse(log.line());
    EXPECT_TRUE(line.erase("time"));
    EXPECT_EQ(line, (nlohmann::json{{"method", "GET"},
                                    {"target", "/notes/7?full=1"},
                                    {"route", "/notes/{id}"},
                                    {"status", 200},
                                    {"outcome", "completed"},
                                    {"duration_ms", 1.234},
                                    {"bytes", 532},
                                    {"peer", "192.0.2.1:4711"},
                                    {"trace_id", ctx.trace().id_text().view()},
                                    {"span_id", ctx.trace().span_text().view()},
                                    {"request_id", "order-17"},
                                    {"user_agent", "curl/8"}}));
}

TEST(access_log, gives_the_same_cause_as_the_context_and_its_error)
{
    CURFEW_PROVES("P2");
    chain_run      run;
    sample_request sample(method::get, "/slow");
    const auto     ctx = with_timeout(run.begin(), 50ms, "slow");
    run.clock.advance(50ms);
    run.loop.run_ready();
    logged text, json({.format = log_format::json});

    text(ctx, sample.get(), record_of(ctx));
    json(ctx, sample.get(), record_of(ctx));

    const auto why = ctx.cause();
    try {
        ctx.throw_if_done();
        FAIL() << "the context has not ended";
    } catch (const context_error& error) {
        EXPECT_EQ(error.cause(), why);
    }
    const auto line = text.line();
    EXPECT_THAT(line, HasSubstr(" 504 deadline "));
    EXPECT_THAT(line, HasSubstr(" cause=\"" + why.to_string() + "\" quiet=1.500ms stopped=2"));

    const auto object = nlohmann::json::parse(json.line());
    EXPECT_EQ(object["cancel_to_quiet_ms"], 1.5);
    EXPECT_EQ(object["operations_stopped"], 2);
    EXPECT_EQ(object["cause"],
              (nlohmann::json{{"kind", "deadline_exceeded"},
                              {"origin", "timeout_in_code"},
                              {"configured_ms", 50.0},
                              {"elapsed_ms", 50.0},
                              {"remaining_ms", 0.0},
                              {"scope", "slow"},
                              {"where", "access_log_test.cpp:" + std::to_string(why.where().line())}}));
}

TEST(access_log, gives_the_reason_of_an_explicit_cancel)
{
    CURFEW_PROVES("P2");
    chain_run      run;
    sample_request sample(method::get, "/");
    auto           source = with_cancel(run.begin());
    source.cancel("no \"more\"\nneeded");
    logged text, json({.format = log_format::json});

    text(source.get_context(), sample.get(), record_of(source.get_context()));
    json(source.get_context(), sample.get(), record_of(source.get_context()));

    EXPECT_THAT(text.line(), HasSubstr("cause=\"canceled"));
    EXPECT_EQ(nlohmann::json::parse(json.line())["cause"]["text"], "no \"more\"\nneeded");
}

TEST(access_log, has_no_cause_for_a_request_whose_context_did_not_end)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    logged         text, json({.format = log_format::json});

    text(run.begin(), sample.get());
    json(run.begin(), sample.get());

    EXPECT_THAT(text.line(), Not(HasSubstr("cause")));
    EXPECT_FALSE(nlohmann::json::parse(json.line()).contains("cause"));
}

TEST(access_log, lets_no_byte_of_a_request_act_on_the_log)
{
    CURFEW_PROVES("T6");
    chain_run         run;
    const std::string hostile = "x\r\n2026-01-01T00:00:00.000Z GET \"/admin\" 200\x1b[2J\x80\",\"status\":200";
    sample_request    sample(method::get, "/?q=" + hostile);
    sample.header("user-agent", hostile).header("x-request-id", hostile);
    logged text({.user_agent = true}), json({.format = log_format::json, .user_agent = true});

    text(run.begin(), sample.get());
    json(run.begin(), sample.get());

    for (const auto& line : {text.line(), json.line()}) {
        for (const char c : line) {
            EXPECT_GE(static_cast<unsigned char>(c), 0x20u);
            EXPECT_LT(static_cast<unsigned char>(c), 0x7fu);
        }
    }
    EXPECT_THAT(text.line(), Not(HasSubstr(" id=")));
    EXPECT_THAT(text.line(), HasSubstr("agent=\"x\\x0d\\x0a2026-01-01T00:00:00.000Z GET \\\"/admin\\\" 200\\x1b[2J\\x80\\\""));
    const auto object = nlohmann::json::parse(json.line());
    EXPECT_EQ(object["status"], 200);
    EXPECT_THAT(object["user_agent"].get<std::string>(), HasSubstr("x\r\n2026"));
}

TEST(access_log, has_the_trace_of_its_own_request_on_each_line)
{
    CURFEW_PROVES("T5");
    chain_run            run;
    sample_request       first(method::get, "/first"), second(method::get, "/second");
    const auto           a = run.begin(), b = run.begin();
    logged               log;

    log(b, second.get());
    log(a, first.get());

    const auto lines = log.lines();
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_THAT(lines[0], HasSubstr("\"/second\""));
    EXPECT_THAT(lines[0], HasSubstr("trace=" + std::string(b.trace().id_text())));
    EXPECT_THAT(lines[1], HasSubstr("\"/first\""));
    EXPECT_THAT(lines[1], HasSubstr("trace=" + std::string(a.trace().id_text())));
}

TEST(access_log, logs_once_for_each_request_of_a_chain)
{
    chain_run           run;
    sample_request      sample(method::get, "/");
    const auto          sink = std::make_shared<captured_log>();
    {
        const detail::chain links({tracing(), access_log({.sink = sink})}, [](context, request) { return response(); });
        const auto          ctx = run.begin();

        static_cast<void>(run.start(links, ctx, sample.get()));
        std::size_t left = links.size();
        links.finished(ctx, sample.get(), {}, left);
    }

    EXPECT_EQ(sink->lines().size(), 1u);
}

/// Holds up the log's thread in its first line.
class slow_sink final : public spdlog::sinks::base_sink<std::mutex>
{
public:
    explicit slow_sink(std::shared_ptr<captured_log> inner) : inner_(std::move(inner)) {}

    std::latch entered{1};
    std::latch go_on{1};

private:
    void sink_it_(const spdlog::details::log_msg& line) override
    {
        if (first_) {
            first_ = false;
            entered.count_down();
            go_on.wait();
        }
        inner_->log(line);
    }
    void flush_() override {}

    std::shared_ptr<captured_log> inner_;
    bool                          first_ = true;
};

TEST(access_log, drops_the_oldest_lines_rather_than_wait_and_says_how_many)
{
    for (const auto format : {log_format::text, log_format::json}) {
        chain_run  run;
        const auto captured = std::make_shared<captured_log>();
        const auto slow     = std::make_shared<slow_sink>(captured);
        {
            const access_log log({.format = format, .sink = slow, .queue = 4});
            const auto       request_number = [&](int number) {
                sample_request sample(method::get, "/" + std::to_string(number));
                log.finished(run.begin(), sample.get(), {});
            };
            request_number(0);
            slow->entered.wait();
            for (int number = 1; number != 8; ++number)
                request_number(number);
            EXPECT_EQ(log.dropped(), 3u);
            slow->go_on.count_down();
        }

        const auto lines = captured->lines();
        ASSERT_EQ(lines.size(), 6u);
        EXPECT_THAT(lines[0], HasSubstr("\"/0\""));
        EXPECT_THAT(lines[1], HasSubstr(format == log_format::text ? " 3 lines dropped" : "\"lines_dropped\":3"));
        EXPECT_THAT(lines[2], HasSubstr("\"/4\""));
        EXPECT_THAT(lines[5], HasSubstr("\"/7\""));
    }
}

TEST(access_log, refuses_a_queue_without_room)
{
    EXPECT_THROW(access_log({.queue = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace curfew
