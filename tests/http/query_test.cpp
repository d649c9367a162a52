#include <curfew/query.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace curfew {
namespace {

using ::testing::ElementsAre;

TEST(parse_query, decodes_names_and_values_in_order)
{
    const auto query = parse_query("b=2&a=one+two&%C3%A9=%26%3D");
    ASSERT_TRUE(query);

    EXPECT_THAT(*query, ElementsAre(query_param{"b", "2"}, query_param{"a", "one two"}, query_param{"\xc3\xa9", "&="}));
    EXPECT_EQ(query->find("a"), "one two");
    EXPECT_EQ(query->find("A"), std::nullopt);
}

TEST(parse_query, keeps_repeated_names)
{
    const auto query = parse_query("id=1&x=0&id=2");
    ASSERT_TRUE(query);

    EXPECT_EQ(query->find("id"), "1");
    EXPECT_THAT(query->find_all("id"), ElementsAre("1", "2"));
}

TEST(parse_query, takes_missing_values_and_skips_empty_pieces)
{
    const auto query = parse_query("&a&&b=&=c&d=1=2&");
    ASSERT_TRUE(query);

    EXPECT_THAT(*query, ElementsAre(query_param{"a", ""}, query_param{"b", ""}, query_param{"", "c"}, query_param{"d", "1=2"}));
    EXPECT_TRUE(parse_query("")->empty());
}

TEST(parse_query, refuses_a_malformed_encoding_in_name_or_value)
{
    for (const auto text : {"a=%", "%=a", "ok=1&a=%2", "a=%zz"})
        EXPECT_FALSE(parse_query(text)) << text;
}

TEST(format_query, is_read_back_as_what_was_written)
{
    std::mt19937 random(5);
    const auto any_text = [&] {
        std::string text(1 + random() % 8, ' ');
        for (auto& c : text)
            c = static_cast<char>(random());
        return text;
    };
    for (int i = 0; i < 1000; ++i) {
        std::vector<query_param> params(1 + random() % 4);
        for (auto& param : params)
            param = {any_text(), any_text()};

        const auto read = parse_query(format_query(query_params(params)));

        ASSERT_TRUE(read);
        ASSERT_EQ(std::vector(read->begin(), read->end()), params);
    }
}

} // namespace
} // namespace curfew
