#include <curfew/http_date.hpp>

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace curfew {

namespace {

using namespace std::chrono;

constexpr std::string_view day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_digits(fixed_text<29>& text, unsigned number, int digits) noexcept
{
    unsigned power = 1;
    while (--digits > 0)
        power *= 10;
    for (; power > 0; power /= 10)
        text.push_back(static_cast<char>('0' + number / power % 10));
}

// Reads a text from left to right; after the first mismatch everything else is a mismatch too.
class date_reader
{
public:
    explicit date_reader(std::string_view text) noexcept : rest_(text) {}

    void skip(std::string_view expected) noexcept
    {
        if (!(ok_ = ok_ && rest_.starts_with(expected)))
            return;
        rest_.remove_prefix(expected.size());
    }

    unsigned number(std::size_t digits) noexcept
    {
        const auto text = rest_.substr(0, digits);
        if (!(ok_ = ok_ && text.size() == digits && std::ranges::all_of(text, detail::is_digit)))
            return 0;
        rest_.remove_prefix(digits);
        unsigned value = 0;
        for (const char c : text)
            value = value * 10 + static_cast<unsigned>(c - '0');
        return value;
    }

    // asctime pads the day with a space.
    unsigned padded_day() noexcept
    {
        if (!rest_.starts_with(' '))
            return number(2);
        skip(" ");
        return number(1);
    }

    unsigned month() noexcept
    {
        const auto name = std::ranges::find(month_names, rest_.substr(0, 3));
        if (!(ok_ = ok_ && name != std::end(month_names)))
            return 0;
        rest_.remove_prefix(3);
        return static_cast<unsigned>(name - std::begin(month_names)) + 1;
    }

    seconds time_of_day() noexcept
    {
        const auto hour = number(2);
        skip(":");
        const auto minute = number(2);
        skip(":");
        const auto second = number(2);
        ok_ = ok_ && hour < 24 && minute < 60 && second <= 60;
        return hours(hour) + minutes(minute) + seconds(std::min(second, 59u));
    }

    [[nodiscard]] bool finished() const noexcept { return ok_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool ok_ = true;
};

std::optional<sys_seconds> make_time(const date_reader& reader, int year_number, unsigned month_number, unsigned day_number,
                                     seconds time) noexcept
{
    const year_month_day date{year(year_number), month(month_number), day(day_number)};
    if (!reader.finished() || !date.ok())
        return std::nullopt;
    return sys_days(date) + time;
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<sys_seconds> read_fixed_date(date_reader reader) noexcept
{
    const auto day_number = reader.number(2);
    reader.skip(" ");
    const auto month_number = reader.month();
    reader.skip(" ");
    const auto year_number = reader.number(4);
    reader.skip(" ");
    const auto time = reader.time_of_day();
    reader.skip(" GMT");
    return make_time(reader, static_cast<int>(year_number), month_number, day_number, time);
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<sys_seconds> read_rfc850_date(date_reader reader, sys_seconds now) noexcept
{
    const auto day_number = reader.number(2);
    reader.skip("-");
    const auto month_number = reader.month();
    reader.skip("-");
    const auto short_year = static_cast<int>(reader.number(2));
    reader.skip(" ");
    const auto time = reader.time_of_day();
    reader.skip(" GMT");

    const int this_year = static_cast<int>(year_month_day(floor<days>(now)).year());
    const int year_number = this_year - this_year % 100 + short_year;
    return make_time(reader, year_number > this_year + 50 ? year_number - 100 : year_number, month_number, day_number, time);
}

// Sun Nov  6 08:49:37 1994
std::optional<sys_seconds> read_asctime_date(date_reader reader) noexcept
{
    const auto month_number = reader.month();
    reader.skip(" ");
    const auto day_number = reader.padded_day();
    reader.skip(" ");
    const auto time = reader.time_of_day();
    reader.skip(" ");
    const auto year_number = reader.number(4);
    return make_time(reader, static_cast<int>(year_number), month_number, day_number, time);
}

} // namespace

fixed_text<29> format_http_date(sys_seconds time) noexcept
{
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);

    fixed_text<29> text;
    text.append(day_names[weekday(midnight).c_encoding()].substr(0, 3));
    text.append(", ");
    append_digits(text, static_cast<unsigned>(date.day()), 2);
    text.push_back(' ');
    text.append(month_names[static_cast<unsigned>(date.month()) - 1]);
    text.push_back(' ');
    append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    text.push_back(' ');
    append_digits(text, static_cast<unsigned>(clock.hours().count()), 2);
    text.push_back(':');
    append_digits(text, static_cast<unsigned>(clock.minutes().count()), 2);
    text.push_back(':');
    append_digits(text, static_cast<unsigned>(clock.seconds().count()), 2);
    text.append(" GMT");
    return text;
}

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) noexcept
{
    // What follows the day's name tells the three forms apart.
    const auto name_end = text.find_first_of(", ");
    const auto name = text.substr(0, name_end);
    const auto rest = name_end == text.npos ? std::string_view() : text.substr(name_end);
    const auto is_short = [&](std::string_view day_name) { return name == day_name.substr(0, 3); };

    if (std::ranges::any_of(day_names, is_short)) {
        if (rest.starts_with(", "))
            return read_fixed_date(date_reader(rest.substr(2)));
        if (rest.starts_with(' '))
            return read_asctime_date(date_reader(rest.substr(1)));
    } else if (std::ranges::find(day_names, name) != std::end(day_names) && rest.starts_with(", "))
        return read_rfc850_date(date_reader(rest.substr(2)), now);
    return std::nullopt;
}

} // namespace curfew
