#include <curfew/trace_context.hpp>

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

namespace curfew {
namespace {

const std::string trace_hex = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string span_hex = "00f067aa0ba902b7";
const std::string good = "00-" + trace_hex + "-" + span_hex + "-01";

trace_context received(std::string_view traceparent, std::initializer_list<std::string_view> tracestates = {})
{
    inbound_trace trace;
    trace.on_traceparent(traceparent);
    for (const auto state : tracestates)
        trace.on_tracestate(state);
    return trace.finish();
}

bool continues_the_callers_trace(const trace_context& trace)
{
    return trace.id_text() == trace_hex;
}

TEST(trace_context, is_empty_until_it_belongs_to_a_trace)
{
    const trace_context none;

    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(trace_context::generate().empty());
    EXPECT_FALSE(none.child().empty());
}

TEST(trace_context, takes_no_more_room_than_its_ids_and_a_shared_pointer)
{
    EXPECT_LE(sizeof(trace_context), 64u);
}

TEST(trace_context, generates_ids_that_differ_between_calls_and_threads)
{
    std::set<std::string> seen;
    const auto generate_some = [](std::set<std::string>& into) {
        for (int i = 0; i < 1000; ++i) {
            const auto made = trace_context::generate();
            into.emplace(made.id_text());
            into.emplace(made.span_text());
        }
    };

    std::set<std::string> elsewhere;
    std::thread other([&] { generate_some(elsewhere); });
    generate_some(seen);
    other.join();
    seen.merge(elsewhere);

    EXPECT_EQ(seen.size(), 4000u);
}

TEST(trace_context, formats_what_it_parsed)
{
    CURFEW_PROVES("T1");
    for (const std::string flags : {"00", "01", "02", "03"}) {
        const std::string text = "00-" + trace_hex + "-" + span_hex + "-" + flags;
        const auto parsed = parse_traceparent(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->traceparent(), text);
        EXPECT_EQ(parsed->id_text(), trace_hex);
        EXPECT_EQ(parsed->span_text(), span_hex);
    }
}

TEST(trace_context, parses_back_whatever_it_generates)
{
    for (int i = 0; i < 1000; ++i) {
        const auto made = trace_context::generate();
        const auto parsed = parse_traceparent(made.traceparent());
        ASSERT_TRUE(parsed);
        EXPECT_EQ(*parsed, made);
    }
}

TEST(parse_traceparent, of_version_00_takes_exactly_55_characters)
{
    CURFEW_PROVES("T1");
    ASSERT_EQ(good.size(), 55u);
    EXPECT_TRUE(parse_traceparent(good));

    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(parse_traceparent(good.substr(0, length))) << length;
    EXPECT_FALSE(parse_traceparent(good + "-"));
    EXPECT_FALSE(parse_traceparent(good + "-what-the-future-brings"));
    EXPECT_FALSE(parse_traceparent(good + "0"));
    EXPECT_FALSE(parse_traceparent(good + " "));
}

// At each position, every byte but those the grammar allows there makes the value invalid.
TEST(parse_traceparent, takes_only_lowercase_hex_and_dashes_at_their_places)
{
    CURFEW_PROVES("T1");
    const std::string lower_hex = "0123456789abcdef";
    for (std::size_t at = 2; at < good.size(); ++at) {
        const bool dash = at == 2 || at == 35 || at == 52;
        for (int byte = 0; byte < 256; ++byte) {
            std::string text = good;
            text[at] = static_cast<char>(byte);
            const bool valid = dash ? byte == '-' : lower_hex.find(static_cast<char>(byte)) != std::string::npos;
            EXPECT_EQ(parse_traceparent(text).has_value(), valid) << "byte " << byte << " at " << at;
        }
    }
}

TEST(parse_traceparent, refuses_ids_that_are_all_zero)
{
    CURFEW_PROVES("T1");
    EXPECT_FALSE(parse_traceparent("00-" + std::string(32, '0') + "-" + span_hex + "-01"));
    EXPECT_FALSE(parse_traceparent("00-" + trace_hex + "-" + std::string(16, '0') + "-01"));
    EXPECT_TRUE(parse_traceparent("00-" + std::string(31, '0') + "1-" + std::string(15, '0') + "1-01"));
}

TEST(parse_traceparent, refuses_version_ff_and_versions_that_are_not_lowercase_hex)
{
    CURFEW_PROVES("T1");
    for (const std::string version : {"ff", "0", "000", "0.", ".0", "0G", "0A", "  "})
        EXPECT_FALSE(parse_traceparent(version + good.substr(2))) << version;
}

TEST(parse_traceparent, takes_a_later_version_that_ends_or_goes_on_with_a_dash)
{
    CURFEW_PROVES("T2");
    for (const std::string version : {"01", "10", "cc", "fe"}) {
        const std::string later = version + good.substr(2);
        for (const std::string rest : {"", "-", "-what-the-future-brings", "-\xff"}) {
            const auto parsed = parse_traceparent(later + rest);
            ASSERT_TRUE(parsed) << later << rest;
            EXPECT_EQ(parsed->traceparent(), good); // forwarded as 00
        }
        for (const std::string rest : {"0", ".", " -"})
            EXPECT_FALSE(parse_traceparent(later + rest)) << later << rest;
        EXPECT_FALSE(parse_traceparent(later.substr(0, 54)));
    }
}

TEST(parse_traceparent, reads_flags_as_bits_and_drops_the_unknown_ones)
{
    CURFEW_PROVES("T4");
    const std::string digits = "0123456789abcdef";
    for (unsigned flags = 0; flags < 256; ++flags) {
        const auto parsed = parse_traceparent(good.substr(0, 53) + digits[flags >> 4] + digits[flags & 15]);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->flags(), flags & 3);
        EXPECT_EQ(parsed->sampled(), (flags & 1) != 0);
    }
}

TEST(trace_context, of_a_new_trace_has_the_random_flag_only)
{
    CURFEW_PROVES("T4");
    EXPECT_EQ(trace_context::generate().flags(), trace_context::random_flag);
}

TEST(trace_context, child_keeps_trace_flags_and_state_and_gets_a_span_of_its_own)
{
    CURFEW_PROVES("T4");
    const auto parent = received(good, {"congo=t61"});

    const auto child = parent.child();

    EXPECT_EQ(child.id(), parent.id());
    EXPECT_EQ(child.flags(), parent.flags());
    EXPECT_EQ(child.tracestate(), "congo=t61");
    EXPECT_EQ(child.parent_span(), parent.span());
    EXPECT_NE(child.span(), parent.span());
    EXPECT_NE(child.span(), parent.child().span());
}

TEST(inbound_trace, continues_the_callers_trace_in_a_new_span)
{
    CURFEW_PROVES("T4");
    const auto trace = received(good);

    EXPECT_TRUE(continues_the_callers_trace(trace));
    EXPECT_NE(trace.span_text(), span_hex);
    EXPECT_EQ(trace.parent_span(), parse_traceparent(good)->span());
    EXPECT_TRUE(trace.sampled());
}

TEST(inbound_trace, starts_a_trace_when_the_caller_sent_none)
{
    inbound_trace trace;
    trace.on_tracestate("congo=t61");

    const auto made = trace.finish();

    EXPECT_FALSE(made.empty());
    EXPECT_EQ(made.parent_span(), span_id{});
    EXPECT_EQ(made.tracestate(), "");
}

TEST(inbound_trace, restarts_the_trace_when_traceparent_is_repeated)
{
    CURFEW_PROVES("T1");
    for (int repeats = 2; repeats <= 4; ++repeats) {
        inbound_trace trace;
        for (int i = 0; i < repeats; ++i)
            trace.on_traceparent(good);
        trace.on_tracestate("congo=t61");

        const auto made = trace.finish();

        EXPECT_FALSE(continues_the_callers_trace(made)) << repeats;
        EXPECT_FALSE(made.empty());
        EXPECT_EQ(made.tracestate(), "");
    }
}

TEST(inbound_trace, drops_tracestate_together_with_an_invalid_traceparent)
{
    CURFEW_PROVES("T3");
    const auto made = received("00-" + trace_hex + "-" + span_hex + "-0x", {"congo=t61"});

    EXPECT_FALSE(made.empty());
    EXPECT_FALSE(continues_the_callers_trace(made));
    EXPECT_EQ(made.tracestate(), "");
}

TEST(inbound_trace, keeps_traceparent_when_tracestate_is_invalid)
{
    CURFEW_PROVES("T3");
    for (const std::string_view state : {"foo", "foo=1,foo=2", "FOO=1", "foo=a=b", "foo=\x01"}) {
        const auto made = received(good, {state});
        EXPECT_TRUE(continues_the_callers_trace(made)) << state;
        EXPECT_EQ(made.tracestate(), "") << state;
    }
}

TEST(inbound_trace, combines_repeated_tracestate_in_order)
{
    CURFEW_PROVES("T3");
    EXPECT_EQ(received(good, {"foo=1,bar=2", "rojo=1", "", "baz=3"}).tracestate(), "foo=1,bar=2,rojo=1,baz=3");
    EXPECT_EQ(received(good, {"", "foo=1"}).tracestate(), "foo=1");
    EXPECT_EQ(received(good, {"foo=1", "foo=1"}).tracestate(), ""); // a key in two lines is a key twice
}

TEST(normalize_tracestate, removes_empty_members_and_whitespace_around_members)
{
    CURFEW_PROVES("T3");
    EXPECT_EQ(normalize_tracestate("foo=1 \t , \t bar=2,,\t,baz=3,"), "foo=1,bar=2,baz=3");
    EXPECT_EQ(normalize_tracestate("foo= 1 2 "), "foo= 1 2");
    EXPECT_EQ(normalize_tracestate(""), "");
    EXPECT_EQ(normalize_tracestate(" , "), "");
}

TEST(normalize_tracestate, takes_keys_and_values_of_the_grammar_only)
{
    CURFEW_PROVES("T3");
    for (const std::string key : {"a", "0", "a_-*/@z9", "tenant@system", "foo@"})
        EXPECT_EQ(normalize_tracestate(key + "=1"), key + "=1");
    for (const std::string key : {"", "@foo", "_a", "A", "a.b", "a b", "foo ", "\xc3\xa4"})
        EXPECT_FALSE(normalize_tracestate(key + "=1")) << key;

    std::string every_value_character;
    for (char c = 0x20; c < 0x7f; ++c)
        if (c != ',' && c != '=')
            every_value_character += c;
    EXPECT_EQ(normalize_tracestate("a=" + every_value_character), "a=" + every_value_character);
    for (const std::string value : {"", " ", "a=b", "\x7f", "a\tb", "\xc3\xa4"})
        EXPECT_FALSE(normalize_tracestate("a=" + value)) << value;
}

TEST(normalize_tracestate, takes_256_characters_of_key_or_value_and_32_members)
{
    CURFEW_PROVES("T3");
    EXPECT_TRUE(normalize_tracestate(std::string(256, 'z') + "=1"));
    EXPECT_FALSE(normalize_tracestate(std::string(257, 'z') + "=1"));
    EXPECT_TRUE(normalize_tracestate("z=" + std::string(256, '1')));
    EXPECT_FALSE(normalize_tracestate("z=" + std::string(257, '1')));

    std::string list;
    for (int i = 0; i < 32; ++i)
        list += "k" + std::to_string(i) + "=" + std::to_string(i) + ",";
    list.pop_back();
    EXPECT_EQ(normalize_tracestate(list), list);
    EXPECT_FALSE(normalize_tracestate(list + ",one=more"));
}

TEST(normalize_tracestate, shortens_to_512_characters_by_whole_members_the_long_ones_first)
{
    CURFEW_PROVES("T3");
    const auto member = [](const std::string& key, std::size_t length) {
        return key + "=" + std::string(length - key.size() - 1, 'x');
    };
    const std::string fits = member("a", 128) + "," + member("b", 128) + "," + member("c", 128) + "," + member("d", 125);
    ASSERT_EQ(fits.size(), 512u);

    EXPECT_EQ(normalize_tracestate(fits), fits);
    EXPECT_EQ(normalize_tracestate(fits + ",e=1,f=2"), fits);
    EXPECT_EQ(normalize_tracestate("e=1," + fits), "e=1," + fits.substr(0, 3 * 128 + 2));
    EXPECT_EQ(normalize_tracestate(member("long", 129) + "," + fits), fits);
    EXPECT_EQ(normalize_tracestate(std::string(256, 'k') + "=" + std::string(256, 'v')), "");
}

TEST(valid_request_id, takes_up_to_128_bytes_that_are_safe_to_log)
{
    CURFEW_PROVES("T4");
    EXPECT_TRUE(valid_request_id("a"));
    EXPECT_TRUE(valid_request_id("01HX-abc_DEF.42"));
    EXPECT_TRUE(valid_request_id(std::string(128, 'x')));

    EXPECT_FALSE(valid_request_id(""));
    EXPECT_FALSE(valid_request_id(std::string(129, 'x')));
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool valid =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
        EXPECT_EQ(valid_request_id(std::string("id") + c), valid) << byte;
    }
}

} // namespace
} // namespace curfew
