#include <curfew/adapters/sqlite/connection.hpp>

#include "sqlite_fixture.hpp"

namespace curfew {
namespace {

class sqlite_connection : public testing::sqlite_fixture {
protected:
    sqlite_connection() { open(); }
};

TEST_F(sqlite_connection, is_nobody_elses_until_it_is_given_back)
{
    auto one = run(db->acquire(root));
    run(one.execute(root, "create temp table mine (x)"));
    EXPECT_EQ(db->idle(), 1u);

    EXPECT_EQ(std::get<0>(run(db->execute(root, nothrow, "select * from mine"))), sqlite::errc::sql);
    EXPECT_EQ(run(one.execute(root, "select * from mine")).size(), 0u);
    one = sqlite::connection();

    EXPECT_EQ(db->idle(), 2u);
}

TEST_F(sqlite_connection, executes_in_order_what_it_is_given_at_the_same_time)
{
    auto one    = run(db->acquire(root));
    auto first  = loop.start(one.execute(root, "insert into notes (text) values ('a')"));
    auto second = loop.start(one.execute(root, "select count(*) from notes"));

    run_until_finished(loop, second);

    ASSERT_TRUE(first.finished());
    EXPECT_EQ(second.value().front().get<int>(0), 1);
}

TEST_F(sqlite_connection, holds_several_transactions_one_after_the_other)
{
    auto one = run(db->acquire(root));
    for (const char* text : {"a", "b"}) {
        auto open_transaction = run(one.begin(root));
        run(open_transaction.execute(root, "insert into notes (text) values (?)", text));
        run(open_transaction.commit(root));
    }

    EXPECT_EQ(count(), 2);
}

TEST_F(sqlite_connection, that_is_none_says_so)
{
    sqlite::connection none;

    EXPECT_EQ(std::get<0>(run(none.execute(root, nothrow, "select 1"))), sqlite::errc::closed);
    EXPECT_THROW(run(none.begin(root)), sqlite::error);
}

TEST_F(sqlite_connection, keeps_its_prepared_statements_across_a_change_of_the_schema)
{
    auto       one  = run(db->acquire(root));
    const auto read = "select * from notes";
    EXPECT_EQ(run(one.execute(root, read)).column_count(), 2u);

    run(db->execute(root, "alter table notes add column more"));

    EXPECT_EQ(run(one.execute(root, read)).column_count(), 3u);
    EXPECT_EQ(run(one.execute(root, read)).column_count(), 3u);
}

}  // namespace
}  // namespace curfew
