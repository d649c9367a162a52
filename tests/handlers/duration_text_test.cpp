#include "duration_text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using demo::format_duration;
using demo::parse_duration;

TEST(duration_text, reads_a_whole_number_with_its_unit)
{
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("2s"), 2s);
    EXPECT_EQ(parse_duration("1m"), 1min);
    EXPECT_EQ(parse_duration("24h"), 24h);
    EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(duration_text, needs_no_unit_for_zero)
{
    EXPECT_EQ(parse_duration("0"), 0s);
}

TEST(duration_text, refuses_whatever_is_no_duration)
{
    for (const auto* text : {"", "5", "s", "-1s", "+1s", " 1s", "1 s", "1.5s", "1S", "1sec", "1s ", "0x1s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(duration_text, refuses_more_than_a_day)
{
    for (const auto* text : {"25h", "86400001ms", "18446744073709551615ms", "18446744073709551616ms", "99999999999999999999h"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(duration_text, is_written_in_the_largest_unit_that_keeps_it_whole)
{
    EXPECT_EQ(format_duration(2h), "2h");
    EXPECT_EQ(format_duration(90min), "90m");
    EXPECT_EQ(format_duration(90s), "90s");
    EXPECT_EQ(format_duration(1500ms), "1500ms");
    EXPECT_EQ(format_duration(0ms), "0s");
}

}  // namespace
