#include <curfew/deadline_header.hpp>

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace curfew {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::string_view names[] = {"grpc-timeout", "x-envoy-expected-rq-timeout-ms", "x-request-timeout-ms"};

struct grpc_unit
{
    char symbol;
    nanoseconds length;
};

constexpr grpc_unit grpc_units[] = {{'n', 1ns}, {'u', 1us}, {'m', 1ms}, {'S', 1s}, {'M', 1min}, {'H', 1h}};

constexpr std::size_t max_grpc_digits = 8;
constexpr std::int64_t max_grpc_count = 99'999'999;

std::optional<nanoseconds> parse(deadline_header header, std::string_view value) noexcept
{
    if (header == deadline_header::grpc_timeout)
        return parse_grpc_timeout(value);
    return parse_timeout_ms(value);
}

template <std::size_t Capacity>
void append_number(fixed_text<Capacity>& text, std::int64_t number) noexcept
{
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    text.append({digits, end});
}

} // namespace

std::string_view to_string(deadline_header header) noexcept
{
    return names[static_cast<std::size_t>(header)];
}

std::optional<nanoseconds> parse_grpc_timeout(std::string_view value) noexcept
{
    if (value.size() < 2 || value.size() > max_grpc_digits + 1)
        return std::nullopt;
    const auto digits = value.substr(0, value.size() - 1);
    const auto unit = std::ranges::find(grpc_units, value.back(), &grpc_unit::symbol);
    if (unit == std::end(grpc_units) || !std::ranges::all_of(digits, detail::is_digit))
        return std::nullopt;

    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return count > longest_grpc_timeout / unit->length ? longest_grpc_timeout : count * unit->length;
}

std::optional<std::chrono::milliseconds> parse_timeout_ms(std::string_view value) noexcept
{
    if (value.empty())
        return std::nullopt;
    std::int64_t count = 0;
    for (const char c : value) {
        if (!detail::is_digit(c))
            return std::nullopt;
        count = count * 10 + (c - '0');
        if (count > longest_timeout_ms.count())
            return std::nullopt;
    }
    return std::chrono::milliseconds(count);
}

bool inbound_deadline::read(std::string_view name, std::string_view value) noexcept
{
    for (std::size_t i = 0; i < readings_.size(); ++i) {
        if (!detail::iequals(name, names[i]))
            continue;
        auto& known = readings_[i];
        const auto parsed = parse(static_cast<deadline_header>(i), value);
        if (known.state == state::absent && parsed)
            known = {state::valid, *parsed};
        else
            known = {state::malformed, {}};
        empty_ = false;
        return true;
    }
    return false;
}

std::optional<deadline_header> inbound_deadline::binding() const noexcept
{
    std::optional<deadline_header> smallest;
    for (const auto header :
         {deadline_header::grpc_timeout, deadline_header::envoy_expected_rq_timeout, deadline_header::request_timeout})
        if (of(header) == state::valid && (!smallest || at(header).timeout < at(*smallest).timeout))
            smallest = header;
    return smallest;
}

std::optional<nanoseconds> inbound_deadline::timeout() const noexcept
{
    const auto header = binding();
    return header ? std::optional(at(*header).timeout) : std::nullopt;
}

unsigned inbound_deadline::malformed() const noexcept
{
    return static_cast<unsigned>(std::ranges::count(readings_, state::malformed, &reading::state));
}

nanoseconds outbound_timeout(nanoseconds remaining) noexcept
{
    const nanoseconds reserve = std::clamp<nanoseconds>(remaining / 20, 1ms, 5ms);
    return remaining > reserve ? remaining - reserve : 0ns;
}

fixed_text<9> format_grpc_timeout(nanoseconds timeout) noexcept
{
    timeout = std::clamp<nanoseconds>(timeout, 0ns, longest_grpc_timeout);
    const auto unit = std::ranges::find_if(grpc_units, [&](auto u) { return timeout / u.length <= max_grpc_count; });

    fixed_text<9> text;
    append_number(text, timeout / unit->length);
    text.push_back(unit->symbol);
    return text;
}

fixed_text<8> format_timeout_ms(nanoseconds timeout) noexcept
{
    fixed_text<8> text;
    append_number(text, std::clamp<nanoseconds>(timeout, 0ns, longest_timeout_ms) / 1ms);
    return text;
}

} // namespace curfew
