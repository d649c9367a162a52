#include <curfew/fields.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace curfew {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(fields, finds_a_value_without_regard_to_the_case_of_its_name)
{
    const fields f{{"Content-Type", "text/plain"}, {"x-id", "7"}};

    EXPECT_EQ(f.find("content-type"), "text/plain");
    EXPECT_EQ(f.find("X-ID"), "7");
    EXPECT_EQ(f.find("content"), std::nullopt);
    EXPECT_TRUE(f.contains("X-Id"));
    EXPECT_FALSE(f.contains("x"));
}

TEST(fields, keeps_order_case_and_repeated_names)
{
    fields f;
    f.append("Set-Cookie", "a=1");
    f.append("x-id", "7");
    f.append("set-cookie", "b=2");

    EXPECT_THAT(std::vector(f.begin(), f.end()),
                ElementsAre(field{"Set-Cookie", "a=1"}, field{"x-id", "7"}, field{"set-cookie", "b=2"}));
    EXPECT_THAT(f.find_all("SET-COOKIE"), ElementsAre("a=1", "b=2"));
    EXPECT_EQ(f.find("set-cookie"), "a=1");
    EXPECT_THAT(f.find_all("none"), IsEmpty());
}

TEST(fields, set_replaces_all_lines_of_a_name_in_the_place_of_the_first)
{
    fields f{{"a", "1"}, {"b", "2"}, {"A", "3"}, {"c", "4"}, {"a", "5"}};

    f.set("a", "a longer value");
    EXPECT_EQ(f, (fields{{"a", "a longer value"}, {"b", "2"}, {"c", "4"}}));

    f.set("new", "x");
    EXPECT_EQ(f, (fields{{"a", "a longer value"}, {"b", "2"}, {"c", "4"}, {"new", "x"}}));
}

TEST(fields, erase_removes_every_line_of_a_name_and_counts_them)
{
    fields f{{"a", "1"}, {"b", "2"}, {"A", "3"}};

    EXPECT_EQ(f.erase("a"), 2u);
    EXPECT_EQ(f.erase("a"), 0u);
    EXPECT_EQ(f, (fields{{"b", "2"}}));
}

TEST(fields, are_held_in_the_form_in_which_they_are_sent)
{
    const fields f{{"Content-Type", "text/plain"}, {"x-empty", ""}, {"x-id", "7"}};

    EXPECT_EQ(f.wire(), "Content-Type: text/plain\r\nx-empty: \r\nx-id: 7\r\n");
    EXPECT_EQ(f.find("x-empty"), "");

    const fields none;
    EXPECT_EQ(none.wire(), "");
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.begin(), none.end());
}

TEST(fields, remove_whitespace_around_a_value_and_keep_it_inside)
{
    fields f;
    f.append("a", " \tone two\t ");
    f.set("b", "   ");

    EXPECT_EQ(f.find("a"), "one two");
    EXPECT_EQ(f.find("b"), "");
}

TEST(fields, refuse_a_value_that_would_split_the_header_and_name_its_field)
{
    const std::string evil[] = {"a\r\nset-cookie: b=1", "a\n", "\r", std::string("a\0b", 3), "\x1b[31m", "\x7f"};
    for (const auto& value : evil) {
        fields f{{"x-name", "old"}};
        for (const bool append : {true, false}) {
            try {
                append ? f.append("x-name", value) : f.set("x-name", value);
                ADD_FAILURE() << "accepted " << ::testing::PrintToString(value);
            } catch (const std::invalid_argument& refused) {
                EXPECT_THAT(refused.what(), HasSubstr("x-name"));
                EXPECT_EQ(std::string(refused.what()).find_first_of("\r\n\x1b"), std::string::npos);
            }
        }
        EXPECT_EQ(f, (fields{{"x-name", "old"}}));
    }
}

TEST(fields, refuse_a_name_that_is_no_token)
{
    fields f;
    for (const std::string name : {"", "a b", "a:", "a\r\n", "\xc3\xa4", "a(b)", "\"a\""})
        EXPECT_THROW(f.append(name, "1"), std::invalid_argument) << name;
    EXPECT_NO_THROW(f.append("!#$%&'*+-.^_`|~09azAZ", "1"));
}

// Values are checked several bytes at a time.
TEST(fields, refuse_a_control_character_wherever_it_stands)
{
    for (std::size_t size = 1; size != 26; ++size) {
        for (std::size_t at = 0; at != size; ++at) {
            for (int c = 0; c != 256; ++c) {
                std::string value(size, '~');
                value[at] = static_cast<char>(c);
                fields f;
                if ((c < 0x20 && c != '\t') || c == 0x7f)
                    EXPECT_THROW(f.append("a", value), std::invalid_argument) << c << " at " << at << " of " << size;
                else
                    EXPECT_NO_THROW(f.append("a", value)) << c << " at " << at << " of " << size;
            }
        }
    }
}

TEST(fields, grow_and_shrink_in_place)
{
    fields f{{"a", "1"}, {"b", "2"}, {"c", "3"}};
    const std::string longer(1000, 'x');

    f.set("b", longer);
    EXPECT_EQ(f, (fields{{"a", "1"}, {"b", longer}, {"c", "3"}}));
    f.set("b", "");
    EXPECT_EQ(f, (fields{{"a", "1"}, {"b", ""}, {"c", "3"}}));
    f.set("c", longer);
    EXPECT_EQ(f.find("c"), longer);
    f.clear();
    EXPECT_TRUE(f.empty());
    EXPECT_EQ(f.find("a"), std::nullopt);
}

TEST(fields, are_copied_with_their_lines_and_moved_without_a_trace)
{
    fields f{{"a", "1"}, {"b", "2"}};

    fields copy = f;
    copy.set("a", "3");
    EXPECT_EQ(f.find("a"), "1");
    const fields moved = std::move(f);
    EXPECT_EQ(moved, (fields{{"a", "1"}, {"b", "2"}}));
    f = copy;
    EXPECT_EQ(f.find("a"), "3");
}

TEST(fields, set_unchecked_adds_and_replaces_as_set_does)
{
    fields f{{"a", "1"}, {"b", "2"}, {"A", "3"}};

    f.set_unchecked("a", "4");
    f.set_unchecked("c", "5");
    EXPECT_EQ(f, (fields{{"a", "4"}, {"b", "2"}, {"c", "5"}}));
}

TEST(fields, take_opaque_bytes_and_tabs_inside_a_value)
{
    const fields f{{"a", "caf\xc3\xa9\tau lait"}};

    EXPECT_EQ(f.find("a"), "caf\xc3\xa9\tau lait");
}

TEST(fields, find_a_token_in_any_line_of_a_list)
{
    const fields f{{"Connection", "keep-alive , Upgrade"}, {"connection", "close"}, {"other", "x"}};

    EXPECT_TRUE(f.has_token("connection", "upgrade"));
    EXPECT_TRUE(f.has_token("connection", "close"));
    EXPECT_TRUE(f.has_token("connection", "keep-alive"));
    EXPECT_FALSE(f.has_token("connection", "keep"));
    EXPECT_FALSE(f.has_token("connection", "x"));
    EXPECT_FALSE(f.has_token("none", "close"));
}

// Compares a long random sequence of operations with the obvious implementation.
TEST(fields, behave_like_a_list_of_pairs)
{
    std::mt19937 random(7);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };

    fields f;
    std::vector<std::pair<std::string, std::string>> model;
    for (int step = 0; step < 5000; ++step) {
        const std::string name(1, static_cast<char>('a' + pick(4)));
        const std::string value(static_cast<std::size_t>(pick(20)), 'v');
        const auto same = [&](const auto& line) { return line.first == name; };
        switch (pick(4)) {
        case 0:
        case 1:
            f.append(name, value);
            model.emplace_back(name, value);
            break;
        case 2:
            f.set(name, value);
            if (const auto first = std::ranges::find_if(model, same); first != model.end()) {
                first->second = value;
                model.erase(std::remove_if(first + 1, model.end(), same), model.end());
            } else
                model.emplace_back(name, value);
            break;
        default:
            EXPECT_EQ(f.erase(name), std::erase_if(model, same));
        }

        std::vector<std::pair<std::string, std::string>> held;
        for (const auto line : f)
            held.emplace_back(line.name, line.value);
        ASSERT_EQ(held, model) << "after step " << step;
    }
}

} // namespace
} // namespace curfew
