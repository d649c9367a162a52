#include "statement_cache.hpp"

#include <sqlite3.h>

#include <gtest/gtest.h>

#include <string>

namespace curfew::sqlite::detail {
namespace {

class sqlite_statement_cache : public ::testing::Test {
protected:
    sqlite_statement_cache() { sqlite3_open(":memory:", &db); }
    ~sqlite_statement_cache() override
    {
        cache.clear();
        EXPECT_EQ(sqlite3_close(db), SQLITE_OK);  // SQLITE_BUSY if a statement was forgotten
    }
    sqlite3_stmt* add(const std::string& sql)
    {
        sqlite3_stmt* made = nullptr;
        sqlite3_prepare_v2(db, sql.c_str(), -1, &made, nullptr);
        cache.keep(sql, made);
        return made;
    }

    sqlite3*        db = nullptr;
    statement_cache cache{2};
};

TEST_F(sqlite_statement_cache, finds_what_it_keeps)
{
    auto* const one = add("select 1");

    EXPECT_EQ(cache.find("select 1"), one);
    EXPECT_EQ(cache.find("select 2"), nullptr);
}

TEST_F(sqlite_statement_cache, drops_the_statement_used_longest_ago)
{
    auto* const one = add("select 1");
    add("select 2");
    cache.find("select 1");

    add("select 3");

    EXPECT_EQ(cache.find("select 1"), one);
    EXPECT_EQ(cache.find("select 2"), nullptr);
}

}  // namespace
}  // namespace curfew::sqlite::detail
