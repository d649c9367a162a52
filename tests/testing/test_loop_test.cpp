#include <curfew/testing/test_loop.hpp>

#include <curfew/after_cancel.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/detail/lease.hpp>
#include <curfew/detail/loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <source_location>
#include <string>
#include <utility>

namespace {

using namespace curfew;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using curfew::detail::lease;
using curfew::testing::manual_clock;
using curfew::testing::test_loop;

lease borrow(test_loop& loop, std::source_location where = std::source_location::current())
{
    return lease(loop.background().life().loop(), lease::kind_type::pool_item, "item", where);
}

TEST(test_loop, lists_what_is_alive_under_the_context_that_keeps_it)
{
    manual_clock clock;
    test_loop    loop(clock);

    const auto outer    = with_cancel(loop.background(), "outer");
    const auto inner    = with_timeout(outer.get_context(), 1s, "inner");
    const auto callback = after_cancel(inner, [] {});
    loop.run_ready();
    const auto leaks = loop.leaks();

    EXPECT_THAT(leaks, StartsWith("context 'outer' made at "));
    EXPECT_THAT(leaks, HasSubstr("\n  context 'inner' made at "));
    EXPECT_THAT(leaks, HasSubstr("\n    callback 'after_cancel' made at "));
    EXPECT_THAT(leaks, HasSubstr("\ntimer due in 1000 ms made at "));
}

TEST(test_loop, notices_a_context_that_only_carries_a_value)
{
    static constexpr context_key<int> key{"key"};
    manual_clock                      clock;
    test_loop                         loop(clock);

    const auto with = with_value(loop.background(), key, 1);

    EXPECT_THAT(loop.leaks(), HasSubstr("with_value"));
}

TEST(lease, is_listed_with_its_place_until_it_ends)
{
    manual_clock clock;
    test_loop    loop(clock);

    auto       item = borrow(loop);
    const auto line = std::source_location::current().line() - 1;

    EXPECT_THAT(loop.leaks(), EndsWith("test_loop_test.cpp:" + std::to_string(line) + "\n"));
    item.end();
    EXPECT_THAT(loop.leaks(), IsEmpty());
}

TEST(lease, keeps_its_place_in_the_list_when_it_is_moved)
{
    manual_clock         clock;
    test_loop            loop(clock);
    std::optional<lease> item = borrow(loop);
    const auto           before = loop.leaks();

    std::optional<lease> moved = std::move(item);
    item.reset();

    EXPECT_EQ(loop.leaks(), before);
    moved.reset();
    EXPECT_THAT(loop.leaks(), IsEmpty());
}

TEST(lease, ends_with_its_io_context)
{
    std::optional<lease> item;
    {
        boost::asio::io_context io;
        item.emplace(curfew::detail::loop::of(io), lease::kind_type::pool_item, "item", std::source_location::current());
    }

    item.reset();  // touches nothing that is gone
}

}  // namespace
