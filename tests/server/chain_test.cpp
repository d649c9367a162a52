#include "chain.hpp"

#include "run.hpp"
#include "sample_request.hpp"

#include <curfew/http_error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace curfew::detail {
namespace {

/// What ran, in order.
using journal = std::vector<std::string>;

class chain_test : public ::testing::Test {
protected:
    struct hook {
        std::string name;
        journal*    log;
        bool        answers = false;

        std::optional<response> before(const context&, const request&) const
        {
            log->push_back(name + " before");
            return answers ? std::optional(text(status::forbidden, name)) : std::nullopt;
        }
        void after(const context&, const request&, response& res) const
        {
            log->push_back(name + " after");
            res.body() += " " + name;
        }
        void finished(const context&, const request&, const request_record&) const { log->push_back(name + " finished"); }
    };

    middleware hooks(std::string name, bool answers = false) { return hook{std::move(name), &log, answers}; }

    middleware coroutine(std::string name)
    {
        return [this, name = std::move(name)](context ctx, request req, next inner) -> task<response> {
            log.push_back(name + " in");
            auto answer = co_await inner(ctx, req);
            log.push_back(name + " out");
            answer.body() += " " + name;
            co_return answer;
        };
    }

    handler plain()
    {
        return [this](context, request) {
            log.push_back("handler");
            return text(status::ok, "handler");
        };
    }

    handler waiting()
    {
        return [this](context, request) -> task<response> {
            log.push_back("handler");
            co_return text(status::ok, "handler");
        };
    }

    /// Runs a chain as the connection does.
    response drive(const chain& links)
    {
        std::size_t ran   = 0;
        auto        early = links.before(run.ctx(), got, ran);
        auto        answer = early              ? std::move(*early)
                             : links.is_plain() ? links.answer(run.ctx(), got)
                                                : run(links.start(run.ctx(), got));
        links.after(run.ctx(), got, answer, ran);
        EXPECT_EQ(ran, 0u);
        return answer;
    }

    test_run       run;
    sample_request sample{method::get, "/"};
    request        got = sample.get();
    journal        log;
};

TEST_F(chain_test, runs_hooks_around_a_plain_handler_without_a_coroutine)
{
    const chain links({hooks("outer"), hooks("inner")}, plain());

    const auto answer = drive(links);

    EXPECT_TRUE(links.is_plain());
    EXPECT_EQ(answer.body(), "handler inner outer");
    EXPECT_EQ(log, (journal{"outer before", "inner before", "handler", "inner after", "outer after"}));
}

TEST_F(chain_test, runs_hooks_before_a_coroutine_handler_is_started)
{
    const chain links({hooks("outer")}, waiting());

    EXPECT_FALSE(links.is_plain());
    EXPECT_EQ(drive(links).body(), "handler outer");
    EXPECT_EQ(log, (journal{"outer before", "handler", "outer after"}));
}

TEST_F(chain_test, ends_where_a_hook_answers)
{
    const chain links({hooks("outer"), hooks("guard", true), hooks("inner")}, plain());

    const auto answer = drive(links);

    EXPECT_EQ(answer.status(), status::forbidden);
    EXPECT_EQ(log, (journal{"outer before", "guard before", "guard after", "outer after"}));
}

TEST_F(chain_test, runs_no_after_hook_for_a_before_hook_that_threw)
{
    struct refusing {
        std::optional<response> before(const context&, const request&) const
        {
            throw http_error(status::unauthorized, "who are you?");
        }
        void after(const context&, const request&, response& res) const { res.body() = "wrong"; }
    };
    const chain links({hooks("outer"), refusing()}, plain());
    std::size_t ran = 0;

    EXPECT_THROW(links.before(run.ctx(), got, ran), http_error);
    response made_of_it(status::unauthorized);
    links.after(run.ctx(), got, made_of_it, ran);

    EXPECT_EQ(made_of_it.body(), " outer");
}

TEST_F(chain_test, runs_coroutine_middlewares_outermost_first)
{
    const chain links({coroutine("outer"), coroutine("inner")}, plain());

    EXPECT_FALSE(links.is_plain());
    EXPECT_EQ(drive(links).body(), "handler inner outer");
    EXPECT_EQ(log, (journal{"outer in", "inner in", "handler", "inner out", "outer out"}));
}

TEST_F(chain_test, keeps_the_order_of_hooks_and_coroutines)
{
    const chain links({hooks("1"), coroutine("2"), hooks("3"), hooks("4")}, waiting());

    EXPECT_EQ(drive(links).body(), "handler 4 3 2 1");
    EXPECT_EQ(log, (journal{"1 before", "2 in", "3 before", "4 before", "handler", "4 after", "3 after", "2 out", "1 after"}));
}

TEST_F(chain_test, ends_where_a_hook_behind_a_coroutine_answers)
{
    const chain links({coroutine("outer"), hooks("guard", true), hooks("inner")}, waiting());

    EXPECT_EQ(drive(links).body(), "guard guard outer");
    EXPECT_EQ(log, (journal{"outer in", "guard before", "guard after", "outer out"}));
}

TEST_F(chain_test, tells_every_hook_that_the_request_has_finished)
{
    const chain links({hooks("outer"), coroutine("middle"), hooks("inner")}, plain());

    std::size_t left = links.size();
    links.finished(run.ctx(), got, request_record(), left);

    EXPECT_EQ(log, (journal{"inner finished", "outer finished"}));
}

TEST_F(chain_test, lets_a_middleware_call_the_rest_twice)
{
    middleware again = [](context ctx, request req, next inner) -> task<response> {
        const auto first = co_await inner(ctx, req);
        co_return co_await inner(ctx, req);
    };
    const chain links({again, hooks("hook")}, plain());

    EXPECT_EQ(drive(links).body(), "handler hook");
    EXPECT_EQ(log.size(), 6u);
}

TEST_F(chain_test, takes_middlewares_that_have_some_of_the_hooks_only)
{
    struct only_after {
        void after(const context&, const request&, response& res) const { res.header("X-After", "1"); }
    };
    struct only_before {
        std::optional<response> before(const context&, const request&) const { return std::nullopt; }
    };
    const chain links({only_after(), only_before()}, plain());

    EXPECT_TRUE(drive(links).headers().contains("X-After"));
}

}  // namespace
}  // namespace curfew::detail
