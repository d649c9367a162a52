#include <curfew/cause.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::manual_clock;
using testing::test_loop;

TEST(cause, of_a_deadline_tells_whose_it_was_what_it_was_set_to_and_where)
{
    CURFEW_PROVES("P1");
    manual_clock clock;
    test_loop    loop(clock);
    clock.advance(3s);
    const auto line = static_cast<unsigned>(__LINE__) + 1;
    const auto ctx  = with_timeout(loop.background(), 2s, "fetch orders");

    clock.advance(2s);

    const auto why = ctx.cause();
    EXPECT_EQ(why.kind(), cause_kind::deadline_exceeded);
    EXPECT_EQ(why.origin(), deadline_origin::timeout_in_code);
    EXPECT_EQ(why.scope(), "fetch orders");
    EXPECT_EQ(why.configured(), 2s);
    EXPECT_EQ(why.elapsed(), 5s);  // since the root was made
    EXPECT_EQ(why.remaining(), 0s);
    EXPECT_EQ(why.where().line(), line);
    EXPECT_THAT(why.where().file_name(), EndsWith("cause_test.cpp"));
    EXPECT_EQ(why.how(), disconnect_how::none);
}

TEST(cause, of_an_explicit_cancel_tells_the_reason_the_place_and_the_budget_that_was_left)
{
    CURFEW_PROVES("P1");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(with_timeout(loop.background(), 10s), "job");
    clock.advance(4s);

    const auto line = static_cast<unsigned>(__LINE__) + 1;
    source.cancel("user pressed stop");

    const auto why = source.get_context().cause();
    EXPECT_EQ(why.kind(), cause_kind::canceled);
    EXPECT_EQ(why.text(), "user pressed stop");
    EXPECT_EQ(why.scope(), "job");
    EXPECT_EQ(why.where().line(), line);
    EXPECT_EQ(why.elapsed(), 4s);
    EXPECT_EQ(why.remaining(), 6s);
    EXPECT_EQ(why.configured(), 0s);
}

TEST(cause, carries_the_callers_error)
{
    CURFEW_PROVES("P1");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());
    const auto   error  = std::make_exception_ptr(std::runtime_error("bad row"));

    source.cancel(error);

    EXPECT_EQ(source.get_context().cause().error(), error);
    EXPECT_THAT(source.get_context().cause().to_string(), HasSubstr("bad row"));
}

TEST(cause, is_the_same_record_in_the_context_its_descendants_and_the_exception)
{
    CURFEW_PROVES("P2");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   ctx      = with_timeout(loop.background(), 1s);
    const auto   child    = with_timeout(ctx, 1h);
    auto         sleeping = loop.start(sleep_for(child, 1h));

    clock.advance(1s);

    EXPECT_EQ(sleeping.cause(), ctx.cause());
    EXPECT_EQ(child.cause(), ctx.cause());
}

TEST(cause, tells_two_stacked_timeouts_apart)
{
    CURFEW_PROVES("P3");
    manual_clock clock;
    test_loop    loop(clock);
    const auto   outer = with_timeout(loop.background(), 1s, "whole request");
    const auto   inner = with_timeout(outer, 300ms, "one query");

    clock.advance(1s);

    EXPECT_EQ(inner.cause().scope(), "one query");
    EXPECT_EQ(inner.cause().configured(), 300ms);
    EXPECT_EQ(outer.cause().scope(), "whole request");
    EXPECT_EQ(outer.cause().configured(), 1s);
}

TEST(cause, has_a_kind_that_all_share_and_nobody_writes_to_where_there_is_no_memory)
{
    const auto* const first  = detail::shared_cause(cause_kind::canceled);
    const auto* const second = detail::shared_cause(cause_kind::canceled);

    EXPECT_EQ(first, second);
    EXPECT_EQ(first->kind, cause_kind::canceled);
    EXPECT_EQ(detail::shared_cause(cause_kind::shutdown)->kind, cause_kind::shutdown);
}

TEST(cause, tells_a_client_that_left_from_one_whose_deadline_passed)
{
    CURFEW_PROVES("P1", "P3");
    manual_clock clock;
    test_loop    loop(clock);
    auto         left  = with_cancel(loop.background());
    const auto   late  = with_timeout(loop.background(), 1s);
    left.get_context().life().cancel(detail::make_cause(cause_kind::client_disconnected, left.get_context().life(), {},
                                                        [](auto& record) { record.how = disconnect_how::reset; }));
    clock.advance(1s);

    EXPECT_EQ(left.get_context().error(), errc::client_disconnected);
    EXPECT_EQ(left.get_context().cause().how(), disconnect_how::reset);
    EXPECT_EQ(late.error(), errc::deadline_exceeded);
    EXPECT_NE(left.get_context().error(), late.error());
}

TEST(cause, is_one_line_in_the_log_whatever_the_reason_holds)
{
    CURFEW_PROVES("T6");
    manual_clock clock;
    test_loop    loop(clock);
    auto         source = with_cancel(loop.background());

    source.cancel(std::string("a\nb\x1b"));

    EXPECT_THAT(source.get_context().cause().to_string(), EndsWith("a\\x0ab\\x1b"));
}

TEST(cause, is_empty_while_the_context_goes_on)
{
    manual_clock clock;
    test_loop    loop(clock);

    EXPECT_FALSE(loop.background().cause());
    EXPECT_EQ(loop.background().cause().kind(), cause_kind::none);
    EXPECT_EQ(loop.background().cause().to_string(), "none");
}

TEST(errc, are_distinct_and_match_one_condition_that_operation_aborted_does_not)
{
    CURFEW_PROVES("O5");
    const errc all[] = {errc::canceled, errc::deadline_exceeded, errc::client_disconnected, errc::shutdown};
    for (const auto a : all) {
        EXPECT_EQ(error_code(a), cond::canceled);
        EXPECT_NE(error_code(a), error_code(boost::asio::error::operation_aborted));
        for (const auto b : all) EXPECT_EQ(error_code(a) == error_code(b), a == b);
    }
    EXPECT_NE(error_code(boost::asio::error::operation_aborted), cond::canceled);
    EXPECT_NE(error_code(), cond::canceled);
}

}  // namespace
}  // namespace curfew
