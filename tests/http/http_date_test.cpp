#include <curfew/http_date.hpp>

#include <gtest/gtest.h>

#include <random>

namespace curfew {
namespace {

using namespace std::chrono;

constexpr sys_seconds example = sys_days(1994y / November / 6) + 8h + 49min + 37s;
constexpr sys_seconds now = sys_days(2025y / June / 1);

TEST(http_date, is_formatted_in_the_preferred_form)
{
    EXPECT_EQ(format_http_date(example), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_http_date(sys_seconds{}), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(format_http_date(sys_days(2024y / February / 29) + 23h + 59min + 59s), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(http_date, is_read_in_all_three_forms)
{
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now), example);
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now), example);
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", now), example);
    EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994", now), example + days(10));
}

TEST(http_date, is_read_back_as_what_was_written)
{
    std::mt19937_64 random(3);
    for (int i = 0; i < 10'000; ++i) {
        const sys_seconds time(seconds(random() % 253'402'300'800)); // up to the end of the year 9999
        ASSERT_EQ(parse_http_date(format_http_date(time), now), time) << format_http_date(time).view();
    }
}

TEST(http_date, of_two_digits_is_at_most_fifty_years_ahead)
{
    EXPECT_EQ(parse_http_date("Sunday, 01-Jan-75 00:00:00 GMT", now), sys_days(2075y / January / 1));
    EXPECT_EQ(parse_http_date("Sunday, 01-Jan-76 00:00:00 GMT", now), sys_days(1976y / January / 1));
    EXPECT_EQ(parse_http_date("Sunday, 01-Jan-25 00:00:00 GMT", now), sys_days(2025y / January / 1));
}

TEST(http_date, with_a_leap_second_counts_as_the_second_before)
{
    EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", now), sys_days(2016y / December / 31) + 23h + 59min + 59s);
}

TEST(http_date, is_refused_when_it_is_malformed_or_does_not_exist)
{
    for (const auto text : {"",
                            "Sun",
                            "Sun,",
                            "Sun, ",
                            "Sun, 6 Nov 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 08:49:37",
                            "Sun, 06 Nov 1994 08:49:37 UTC",
                            "Sun, 06 Nov 1994 08:49:37 GMT ",
                            "sun, 06 Nov 1994 08:49:37 GMT",
                            "Sun, 06 nov 1994 08:49:37 GMT",
                            "Sun, 06-Nov-94 08:49:37 GMT",
                            "Sunday, 06 Nov 1994 08:49:37 GMT",
                            "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 00 Nov 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 24:00:00 GMT",
                            "Sun, 06 Nov 1994 08:60:00 GMT",
                            "Sun, 06 Nov 1994 08:49:61 GMT",
                            "Sun Nov 6 08:49:37 1994",
                            "Sun, 06 Nov -994 08:49:37 GMT",
                            "784111777"})
        EXPECT_EQ(parse_http_date(text, now), std::nullopt) << text;
}

} // namespace
} // namespace curfew
