#include <curfew/detail/log_escape.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace curfew::detail {
namespace {

using namespace std::string_view_literals;

std::string escaped(std::string_view text, log_place at)
{
    std::string line;
    append_escaped(line, text, at);
    return line;
}

struct sample
{
    std::string_view raw;
    std::string_view quoted;
    std::string_view json;
};

TEST(log_escape, shows_what_would_act_on_the_log)
{
    const sample samples[] = {
        {"", "", ""},
        {"/notes/7?a=b&c", "/notes/7?a=b&c", "/notes/7?a=b&c"},
        {"a\r\nb\tc\0d\x7f"sv, "a\\x0d\\x0ab\\x09c\\x00d\\x7f", "a\\u000d\\u000ab\\u0009c\\u0000d\\u007f"},
        {"\x1b[2J", "\\x1b[2J", "\\u001b[2J"},
        {"say \"hi\" \\o/", "say \\\"hi\\\" \\\\o/", "say \\\"hi\\\" \\\\o/"},
        {"gr\u00fc\u00df \u4f60 \U0001f600", "gr\u00fc\u00df \u4f60 \U0001f600", "gr\u00fc\u00df \u4f60 \U0001f600"},
        {"next\xc2\x85line", "next\\u0085line", "next\\u0085line"},
        {"\u2028\u202e\u2069", "\\u2028\\u202e\\u2069", "\\u2028\\u202e\\u2069"},
    };
    for (const auto& [raw, quoted, json] : samples) {
        EXPECT_EQ(escaped(raw, log_place::quoted), quoted);
        EXPECT_EQ(escaped(raw, log_place::json), json);
    }
}

TEST(log_escape, leaves_quotes_alone_where_there_are_none_to_end)
{
    EXPECT_EQ(escaped("say \"hi\" \\o/\r\n", log_place::bare), "say \"hi\" \\o/\\x0d\\x0a");
}

TEST(log_escape, shows_bytes_that_are_not_utf8)
{
    // A lone continuation, an overlong form, a surrogate, one beyond the last, and a sequence cut short.
    for (const auto invalid : {"\x80"sv, "\xc0\xaf"sv, "\xe0\x80\xaf"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv, "\xe4\xbd"sv, "\xff"sv}) {
        std::string text;
        for (const char c : invalid) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        EXPECT_EQ(escaped(invalid, log_place::bare), text);
        EXPECT_EQ(escaped(invalid, log_place::quoted), text);
        EXPECT_EQ(nlohmann::json::parse('"' + escaped(invalid, log_place::json) + '"').get<std::string>(), text);
    }
}

TEST(log_escape, gives_json_that_reads_back_as_it_was)
{
    std::string all;
    for (char32_t code = 1; code != 0x800; ++code) {
        if (code < 0x80) {
            all += static_cast<char>(code);
        } else {
            all += static_cast<char>(0xc0 | code >> 6);
            all += static_cast<char>(0x80 | (code & 0x3f));
        }
    }

    EXPECT_EQ(nlohmann::json::parse('"' + escaped(all, log_place::json) + '"').get<std::string>(), all);
}

}  // namespace
}  // namespace curfew::detail
