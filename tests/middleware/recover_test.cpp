#include <curfew/middleware/recover.hpp>

#include "chain_run.hpp"

#include <curfew/http_error.hpp>
#include <curfew/log.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;

struct no_such_note : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// Knows `no_such_note` and `std::logic_error`.
std::optional<response> answer_of(std::exception_ptr thrown, const context&)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const no_such_note& error) {
        return problem_response(status::not_found, error.what());
    } catch (const std::logic_error&) {
        return problem_response(status::bad_gateway);
    } catch (...) {
        return std::nullopt;
    }
}

/// Fails the test if it is asked.
std::optional<response> must_not_be_asked(std::exception_ptr, const context&)
{
    ADD_FAILURE() << "recover asked about a cancellation";
    return response();
}

/// The lines of the log, while it lives.
class captured_lines
{
public:
    captured_lines()
    {
        log_options options;
        options.sink = [this](std::string_view line) { lines_.emplace_back(line); };
        configure_log(std::move(options));
    }
    ~captured_lines() { configure_log({}); }

    const std::vector<std::string>& operator()() const noexcept { return lines_; }

private:
    std::vector<std::string> lines_;
};

TEST(recover, answers_what_the_function_says)
{
    chain_run      run;
    sample_request sample(method::get, "/notes/7");
    const auto     throws = [](context, request) -> response { throw no_such_note("no note 7"); };

    const auto answer = run.answer({recover(answer_of)}, throws, run.begin(), sample.get());

    EXPECT_EQ(answer.status(), status::not_found);
}

TEST(recover, covers_coroutines_after_they_have_waited)
{
    chain_run           run;
    sample_request      sample(method::get, "/notes/7");
    const detail::chain links({recover(answer_of)}, [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1ms);
        throw no_such_note("no note 7");
    });
    auto                running = run.start(links, run.begin(), sample.get());

    run.clock.advance(1ms);
    run.loop.run_ready();

    EXPECT_EQ(running.value().status(), status::not_found);
}

TEST(recover, lets_an_exception_pass_that_the_function_does_not_know)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     throws = [](context, request) -> response { throw http_error(status::conflict, "too late"); };

    EXPECT_THROW(static_cast<void>(run.answer({recover(answer_of)}, throws, run.begin(), sample.get())), http_error);
}

TEST(recover, lets_an_answer_pass)
{
    chain_run      run;
    sample_request sample(method::get, "/");

    const auto answer = run.answer({recover(must_not_be_asked)}, [](context, request) { return text(status::ok, "hello"); },
                                   run.begin(), sample.get());

    EXPECT_EQ(answer.body(), "hello");
}

TEST(recover, never_takes_a_cancellation_of_the_request_for_a_failure)
{
    CURFEW_PROVES("H5");
    const captured_lines         lines;
    chain_run           run;
    sample_request      sample(method::get, "/");
    const auto          ctx = with_timeout(run.begin(), 1s);
    const detail::chain links({recover(must_not_be_asked)}, [](context inner, request) -> task<response> {
        co_await sleep_for(inner, 1h);
        co_return response();
    });
    const auto          running = run.start(links, ctx, sample.get());

    run.clock.advance(1s);
    run.loop.run_ready();

    EXPECT_EQ(running.error(), errc::deadline_exceeded);
    EXPECT_TRUE(lines().empty());
}

TEST(recover, never_takes_a_deadline_of_the_handlers_own_for_a_failure)
{
    CURFEW_PROVES("H5");
    const captured_lines         lines;
    chain_run           run;
    sample_request      sample(method::get, "/");
    const detail::chain links({recover(must_not_be_asked)}, [](context ctx, request) -> task<response> {
        co_await sleep_for(with_timeout(ctx, 10ms), 1h);
        co_return response();
    });
    const auto          running = run.start(links, run.begin(), sample.get());

    run.clock.advance(10ms);
    run.loop.run_ready();

    EXPECT_EQ(running.error(), errc::deadline_exceeded);
    EXPECT_TRUE(lines().empty());
}

TEST(recover, takes_whatever_is_thrown_after_the_end_for_its_consequence)
{
    CURFEW_PROVES("H5");
    const captured_lines         lines;
    chain_run           run;
    sample_request      sample(method::get, "/");
    const auto          ctx = with_timeout(run.begin(), 1s);
    const detail::chain links({recover(must_not_be_asked)}, [](context inner, request) -> task<response> {
        try {
            co_await sleep_for(inner, 1h);
        } catch (const context_error&) {
            throw std::runtime_error("the query was given up");
        }
        co_return response();
    });
    const auto          running = run.start(links, ctx, sample.get());

    run.clock.advance(1s);
    run.loop.run_ready();

    EXPECT_NE(running.exception(), nullptr);
    EXPECT_TRUE(lines().empty());
}

TEST(recover, logs_a_server_error_with_the_trace_id)
{
    CURFEW_PROVES("H5", "T6");
    const captured_lines    lines;
    chain_run      run;
    sample_request sample(method::get, "/notes");
    const auto     ctx    = run.begin();
    const auto     throws = [](context, request) -> response { throw std::logic_error("bad row\nFAKE LINE"); };

    const auto answer = run.answer({recover(answer_of)}, throws, ctx, sample.get());

    EXPECT_EQ(answer.status(), status::bad_gateway);
    ASSERT_EQ(lines().size(), 1u);
    EXPECT_THAT(lines()[0], ::testing::HasSubstr("GET /notes failed: bad row\\x0aFAKE LINE"));
    EXPECT_THAT(lines()[0], ::testing::HasSubstr(std::string(ctx.trace().id_text())));
}

TEST(recover, does_not_log_what_is_the_clients_affair)
{
    const captured_lines    lines;
    chain_run      run;
    sample_request sample(method::get, "/notes/7");
    const auto     throws = [](context, request) -> response { throw no_such_note("no note 7"); };

    static_cast<void>(run.answer({recover(answer_of)}, throws, run.begin(), sample.get()));

    EXPECT_TRUE(lines().empty());
}

TEST(recover, gives_way_to_what_the_function_throws)
{
    chain_run      run;
    sample_request sample(method::get, "/");
    const auto     throws    = [](context, request) -> response { throw no_such_note("no note 7"); };
    const auto     rethrower = [](std::exception_ptr, const context&) -> std::optional<response> {
        throw http_error(status::gone, "no such note");
    };

    EXPECT_THROW(static_cast<void>(run.answer({recover(rethrower)}, throws, run.begin(), sample.get())), http_error);
}

TEST(recover, refuses_an_empty_function)
{
    EXPECT_THROW(recover(nullptr), std::invalid_argument);
}

}  // namespace
}  // namespace curfew
