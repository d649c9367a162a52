#include <curfew/adapters/sqlite/result.hpp>

#include <curfew/adapters/sqlite/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace curfew::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

result two_rows()
{
    result::contents made;
    made.columns = {"id", "name"};
    made.cells   = {1, "ann", 2, "bob"};
    return result(std::move(made));
}

std::string message_of(auto get)
{
    try {
        get();
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::no_such_column);
        return e.what();
    }
    return "nothing was thrown";
}

TEST(sqlite_result, is_empty_without_a_statement)
{
    const result none;

    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.begin(), none.end());
    EXPECT_EQ(none.changed(), 0);
}

TEST(sqlite_result, is_read_row_by_row)
{
    const auto               rows = two_rows();
    std::vector<std::string> names;

    for (const auto& each : rows) names.push_back(each.get<std::string>("name"));

    EXPECT_THAT(names, ElementsAre("ann", "bob"));
    EXPECT_EQ(rows[1].get<int>(0), 2);
    EXPECT_EQ(rows.column(1), "name");
}

TEST(sqlite_result, says_what_it_lacks)
{
    const auto rows = two_rows();

    EXPECT_THAT(message_of([&] { rows[2]; }), HasSubstr("row 2 of 2"));
    EXPECT_THAT(message_of([&] { rows[0][5]; }), HasSubstr("column 5 of 2"));
    EXPECT_THAT(message_of([&] { rows[0]["age"]; }), HasSubstr("no column age"));
    EXPECT_THAT(message_of([&] { rows.column(2); }), HasSubstr("column 2 of 2"));
}

TEST(sqlite_result, names_the_column_whose_value_is_of_another_type)
{
    try {
        two_rows()[0].get<int>("name");
        FAIL();
    } catch (const error& e) {
        EXPECT_THAT(e.what(), HasSubstr("name is a text, not an integer"));
    }
}

}  // namespace
}  // namespace curfew::sqlite
