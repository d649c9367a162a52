#include "date_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace curfew::detail {

namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

// The example of RFC 9110 §5.6.7
TEST(date_cache, writes_an_imf_fixdate)
{
    date_cache dates;
    EXPECT_EQ(dates.line(std::chrono::sys_days(1994y / 11 / 6) + 8h + 49min + 37s), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    EXPECT_EQ(dates.line(std::chrono::sys_days(2024y / 2 / 29) + 23h + 59min + 59s), "Date: Thu, 29 Feb 2024 23:59:59 GMT\r\n");
    EXPECT_EQ(dates.line(std::chrono::sys_days(1970y / 1 / 1)), "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
}

TEST(date_cache, changes_with_the_second_and_follows_a_clock_that_is_set_back)
{
    date_cache dates;
    const auto noon = std::chrono::sys_days(2024y / 1 / 1) + 12h;

    EXPECT_THAT(std::string(dates.line(noon)), HasSubstr("12:00:00"));
    EXPECT_THAT(std::string(dates.line(noon + 1s)), HasSubstr("12:00:01"));
    EXPECT_THAT(std::string(dates.line(noon - 1s)), HasSubstr("11:59:59"));
}

}  // namespace

}  // namespace curfew::detail
