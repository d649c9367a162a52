#include <curfew/adapters/sqlite/value.hpp>

#include <curfew/adapters/sqlite/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace curfew::sqlite {
namespace {

using ::testing::HasSubstr;

TEST(sqlite_value, knows_what_it_holds)
{
    EXPECT_EQ(value().type(), value_type::null);
    EXPECT_EQ(value(nullptr).type(), value_type::null);
    EXPECT_EQ(value(std::optional<int>()).type(), value_type::null);
    EXPECT_EQ(value(std::optional<int>(1)).type(), value_type::integer);
    EXPECT_EQ(value(true).type(), value_type::integer);
    EXPECT_EQ(value(0.5).type(), value_type::real);
    EXPECT_EQ(value("text").type(), value_type::text);
    EXPECT_EQ(value(blob(3)).type(), value_type::bytes);
}

TEST(sqlite_value, is_given_as_the_type_that_is_asked_for)
{
    EXPECT_EQ(value(7).get<unsigned>(), 7u);
    EXPECT_TRUE(value(7).get<bool>());
    EXPECT_EQ(value(7).get<double>(), 7.0);
    EXPECT_EQ(value("text").get<std::string_view>(), "text");
    EXPECT_EQ(value(blob(3)).get<std::span<const std::byte>>().size(), 3u);
    EXPECT_EQ(value().get<std::optional<std::string>>(), std::nullopt);
    EXPECT_EQ(value("text").get<std::optional<std::string>>(), "text");
}

TEST(sqlite_value, is_never_given_as_something_else)
{
    const auto wrong = [](auto get) {
        try {
            get();
        } catch (const error& e) {
            EXPECT_EQ(e.code(), errc::wrong_type);
            return std::string(e.what());
        }
        return std::string("nothing was thrown");
    };

    EXPECT_THAT(wrong([] { value("5").get<int>("age"); }), HasSubstr("age is a text, not an integer"));
    EXPECT_THAT(wrong([] { value().get<std::string>("name"); }), HasSubstr("name is null, not a text"));
    EXPECT_THAT(wrong([] { value(0.5).get<int>(); }), HasSubstr("a value is a real number, not an integer"));
    EXPECT_THAT(wrong([] { value(300).get<std::uint8_t>(); }), HasSubstr("not a smaller integer"));
    EXPECT_THAT(wrong([] { value(-1).get<unsigned>(); }), HasSubstr("not a smaller integer"));
}

TEST(sqlite_value, refuses_a_number_that_a_database_cannot_hold)
{
    EXPECT_THROW(static_cast<void>(value{std::numeric_limits<std::uint64_t>::max()}), std::out_of_range);
    EXPECT_EQ(value(std::uint64_t{5}).get<std::uint64_t>(), 5u);
}

}  // namespace
}  // namespace curfew::sqlite
