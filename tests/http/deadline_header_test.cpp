#include <curfew/deadline_header.hpp>

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using state = inbound_deadline::state;

TEST(parse_grpc_timeout, reads_every_unit)
{
    CURFEW_PROVES("W2");
    EXPECT_EQ(parse_grpc_timeout("1H"), 1h);
    EXPECT_EQ(parse_grpc_timeout("2M"), 2min);
    EXPECT_EQ(parse_grpc_timeout("3S"), 3s);
    EXPECT_EQ(parse_grpc_timeout("4m"), 4ms);
    EXPECT_EQ(parse_grpc_timeout("5u"), 5us);
    EXPECT_EQ(parse_grpc_timeout("6n"), 6ns);
}

TEST(parse_grpc_timeout, takes_one_to_eight_digits)
{
    CURFEW_PROVES("W2");
    EXPECT_EQ(parse_grpc_timeout("00000001S"), 1s);
    EXPECT_EQ(parse_grpc_timeout("99999999m"), 99999999ms);
    for (const auto text : {"", "S", "000000001S", "123456789n"})
        EXPECT_EQ(parse_grpc_timeout(text), std::nullopt) << text;
}

TEST(parse_grpc_timeout, reads_zero_as_expired)
{
    CURFEW_PROVES("W2");
    EXPECT_EQ(parse_grpc_timeout("0n"), 0ns);
    EXPECT_EQ(parse_grpc_timeout("00000000H"), 0ns);
}

TEST(parse_grpc_timeout, refuses_signs_spaces_fractions_and_other_units)
{
    CURFEW_PROVES("W2");
    for (const auto text :
         {"-1S", "+1S", " 1S", "1 S", "1S ", "1.5S", "1", "1s", "1h", "1N", "1U", "1ms", "1SS", "0x1S", "1\0S"})
        EXPECT_EQ(parse_grpc_timeout(text), std::nullopt) << text;
    for (int byte = 0; byte < 256; ++byte) {
        const char unit = static_cast<char>(byte);
        const bool valid = byte != 0 && std::string("HMSmun").find(unit) != std::string::npos;
        EXPECT_EQ(parse_grpc_timeout(std::string("1") + unit).has_value(), valid) << byte;
    }
}

TEST(parse_grpc_timeout, bounds_what_would_overflow)
{
    CURFEW_PROVES("W2");
    EXPECT_EQ(parse_grpc_timeout("99999999H"), longest_grpc_timeout);
    EXPECT_EQ(parse_grpc_timeout("99999999M"), longest_grpc_timeout);
    EXPECT_EQ(parse_grpc_timeout("1000000H"), longest_grpc_timeout);
    EXPECT_EQ(parse_grpc_timeout("999999H"), 999999h);
    EXPECT_GT(std::chrono::steady_clock::now() + longest_grpc_timeout, std::chrono::steady_clock::now());
}

TEST(parse_timeout_ms, takes_digits_up_to_a_day)
{
    CURFEW_PROVES("W3");
    EXPECT_EQ(parse_timeout_ms("0"), 0ms);
    EXPECT_EQ(parse_timeout_ms("1500"), 1500ms);
    EXPECT_EQ(parse_timeout_ms("0000000000000000000000000001500"), 1500ms);
    EXPECT_EQ(parse_timeout_ms("86400000"), 24h);
    EXPECT_EQ(parse_timeout_ms("86400001"), std::nullopt);
}

TEST(parse_timeout_ms, refuses_signs_fractions_hex_and_overflow)
{
    CURFEW_PROVES("W3");
    for (const auto text : {"", "-1", "+1", "1.5", "0x10", "1e3", " 1", "1 ", "1ms", "1,1", "ff", "18446744073709551616",
                            "99999999999999999999999999999999999999", "18446744073709551716"})
        EXPECT_EQ(parse_timeout_ms(text), std::nullopt) << text;
}

TEST(inbound_deadline, knows_nothing_before_it_read_a_deadline_header)
{
    inbound_deadline deadline;

    EXPECT_FALSE(deadline.read("content-type", "text/plain"));
    EXPECT_FALSE(deadline.read("x-request-timeout", "5"));
    EXPECT_EQ(deadline.timeout(), std::nullopt);
    EXPECT_EQ(deadline.binding(), std::nullopt);
    EXPECT_EQ(deadline.malformed(), 0u);
    EXPECT_EQ(deadline.of(deadline_header::grpc_timeout), state::absent);
}

TEST(inbound_deadline, reads_the_three_headers_in_any_case)
{
    CURFEW_PROVES("W0");
    for (const auto& [name, value] :
         {std::pair{"gRPC-Timeout", "250m"}, {"X-Envoy-Expected-Rq-Timeout-Ms", "250"}, {"x-request-timeout-ms", "250"}}) {
        inbound_deadline deadline;
        EXPECT_TRUE(deadline.read(name, value));
        EXPECT_EQ(deadline.timeout(), 250ms) << name;
        EXPECT_EQ(deadline.malformed(), 0u);
    }
}

TEST(inbound_deadline, binds_the_smallest_valid_one_in_any_order)
{
    CURFEW_PROVES("W0");
    const std::pair<std::string, std::string> sent[] = {
        {"grpc-timeout", "2S"}, {"x-request-timeout-ms", "300"}, {"x-envoy-expected-rq-timeout-ms", "1000"}};
    for (const auto& order : {std::array{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
        inbound_deadline deadline;
        for (const auto i : order)
            deadline.read(sent[i].first, sent[i].second);

        EXPECT_EQ(deadline.timeout(), 300ms);
        ASSERT_TRUE(deadline.binding());
        EXPECT_EQ(to_string(*deadline.binding()), "x-request-timeout-ms");
    }
}

TEST(inbound_deadline, ignores_and_counts_a_malformed_header)
{
    CURFEW_PROVES("W2", "W3");
    inbound_deadline deadline;
    EXPECT_TRUE(deadline.read("grpc-timeout", "1s"));
    EXPECT_TRUE(deadline.read("x-request-timeout-ms", "-1"));
    EXPECT_TRUE(deadline.read("x-envoy-expected-rq-timeout-ms", "700"));

    EXPECT_EQ(deadline.malformed(), 2u);
    EXPECT_EQ(deadline.of(deadline_header::grpc_timeout), state::malformed);
    EXPECT_EQ(deadline.timeout(), 700ms);
}

TEST(inbound_deadline, takes_a_repeated_header_as_malformed)
{
    CURFEW_PROVES("W0");
    for (const auto& [first, second] : {std::pair{"100", "100"}, {"100", "x"}, {"x", "100"}, {"x", "x"}}) {
        inbound_deadline deadline;
        deadline.read("x-request-timeout-ms", first);
        deadline.read("X-Request-Timeout-Ms", second);

        EXPECT_EQ(deadline.of(deadline_header::request_timeout), state::malformed) << first << second;
        EXPECT_EQ(deadline.malformed(), 1u);
        EXPECT_EQ(deadline.timeout(), std::nullopt);

        deadline.read("x-request-timeout-ms", "100"); // a third does not heal it
        EXPECT_EQ(deadline.timeout(), std::nullopt);
    }
}

TEST(outbound_timeout, keeps_a_reserve_of_five_percent_between_one_and_five_milliseconds)
{
    CURFEW_PROVES("W0");
    EXPECT_EQ(outbound_timeout(10s), 9995ms);
    EXPECT_EQ(outbound_timeout(100ms), 95ms);
    EXPECT_EQ(outbound_timeout(60ms), 57ms);
    EXPECT_EQ(outbound_timeout(20ms), 19ms);
    EXPECT_EQ(outbound_timeout(10ms), 9ms);
    EXPECT_EQ(outbound_timeout(2ms), 1ms);
}

TEST(outbound_timeout, is_never_negative_and_at_least_a_millisecond_below_what_is_left)
{
    CURFEW_PROVES("W0");
    for (const nanoseconds remaining : {nanoseconds::min(), nanoseconds(-1h), 0ns, 1ns, nanoseconds(1ms)})
        EXPECT_EQ(outbound_timeout(remaining), 0ns);

    std::mt19937_64 random(11);
    for (int i = 0; i < 10'000; ++i) {
        const nanoseconds remaining(static_cast<std::int64_t>(random() >> (1 + random() % 62)));
        const auto sent = outbound_timeout(remaining);
        ASSERT_GE(sent, 0ns);
        ASSERT_TRUE(sent == 0ns || (remaining - sent >= 1ms && remaining - sent <= 5ms)) << remaining.count();
    }
}

TEST(format_timeout_ms, rounds_down_and_never_writes_what_its_reader_refuses)
{
    CURFEW_PROVES("W0");
    EXPECT_EQ(format_timeout_ms(1999us), "1");
    EXPECT_EQ(format_timeout_ms(999us), "0");
    EXPECT_EQ(format_timeout_ms(-1ns), "0");
    EXPECT_EQ(format_timeout_ms(24h), "86400000");
    EXPECT_EQ(format_timeout_ms(nanoseconds::max()), "86400000");
}

TEST(format_grpc_timeout, rounds_down_to_the_finest_unit_that_fits)
{
    CURFEW_PROVES("W0");
    EXPECT_EQ(format_grpc_timeout(0ns), "0n");
    EXPECT_EQ(format_grpc_timeout(-1h), "0n");
    EXPECT_EQ(format_grpc_timeout(99'999'999ns), "99999999n");
    EXPECT_EQ(format_grpc_timeout(100'000'999ns), "100000u");
    EXPECT_EQ(format_grpc_timeout(100s), "100000m");
    EXPECT_EQ(format_grpc_timeout(nanoseconds::max()), "60000000M");
}

TEST(format_grpc_timeout, is_read_back_as_no_more_than_was_meant)
{
    CURFEW_PROVES("W0");
    std::mt19937_64 random(13);
    for (int i = 0; i < 10'000; ++i) {
        const nanoseconds meant(static_cast<std::int64_t>(random() >> (2 + random() % 62)));
        const auto text = format_grpc_timeout(meant);
        const auto read = parse_grpc_timeout(text);

        ASSERT_TRUE(read) << text.view();
        ASSERT_LE(*read, meant);
        const auto bounded = std::min(meant, longest_grpc_timeout);
        ASSERT_LE(bounded - *read, bounded / 10'000) << text.view();
    }
}

} // namespace
} // namespace curfew
