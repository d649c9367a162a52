#include "date_cache.hpp"

#include <algorithm>
#include <cstddef>

namespace curfew::detail {

namespace {

void put_two_digits(char* at, unsigned value) noexcept
{
    at[0] = static_cast<char>('0' + value / 10);
    at[1] = static_cast<char>('0' + value % 10);
}

void put_name(char* at, std::string_view names, unsigned index) noexcept
{
    std::ranges::copy(names.substr(std::size_t{3} * index, 3), at);
}

}  // namespace

// By hand, as strftime would ask the locale.
void date_cache::format(std::chrono::sys_seconds second) noexcept
{
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(second - day);
    const auto year = static_cast<unsigned>(static_cast<int>(date.year())) % 10000;

    constexpr std::string_view shape = "Date: Sun, 00 Jan 0000 00:00:00 GMT\r\n";
    static_assert(shape.size() == std::tuple_size_v<decltype(text_)>);
    std::ranges::copy(shape, text_.begin());
    put_name(&text_[6], "SunMonTueWedThuFriSat", std::chrono::weekday(day).c_encoding());
    put_two_digits(&text_[11], static_cast<unsigned>(date.day()));
    put_name(&text_[14], "JanFebMarAprMayJunJulAugSepOctNovDec", static_cast<unsigned>(date.month()) - 1);
    put_two_digits(&text_[18], year / 100);
    put_two_digits(&text_[20], year % 100);
    put_two_digits(&text_[23], static_cast<unsigned>(time.hours().count()));
    put_two_digits(&text_[26], static_cast<unsigned>(time.minutes().count()));
    put_two_digits(&text_[29], static_cast<unsigned>(time.seconds().count()));
    second_ = second;
}

}  // namespace curfew::detail
