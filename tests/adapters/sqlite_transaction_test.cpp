#include <curfew/adapters/sqlite/transaction.hpp>

#include "sqlite_fixture.hpp"

#include <stdexcept>

namespace curfew {
namespace {

using namespace std::chrono_literals;

class sqlite_transaction : public testing::sqlite_fixture {
protected:
    sqlite_transaction() { open(); }

    static constexpr const char* insert = "insert into notes (text) values (?)";
};

TEST_F(sqlite_transaction, makes_its_changes_last_when_it_is_committed)
{
    auto one = run(db->begin(root));
    run(one.execute(root, insert, "a"));
    EXPECT_EQ(count(), 0);  // on the other connection

    run(one.commit(root));

    EXPECT_EQ(count(), 1);
    expect_pool_whole();
}

TEST_F(sqlite_transaction, rolls_back_when_it_is_destroyed)
{
    {
        auto one = run(db->begin(root));
        run(one.execute(root, insert, "a"));
    }

    expect_pool_whole();
    EXPECT_EQ(run(db->execute(root, "select * from notes where text = 'a'")).size(), 0u);
}

TEST_F(sqlite_transaction, has_rolled_back_when_the_rollback_that_is_awaited_returns)
{
    auto one = run(db->begin(root));
    run(one.execute(root, insert, "a"));
    auto source = with_cancel(root);
    source.cancel();

    run(one.roll_back(source.get_context()));  // though its context has ended

    EXPECT_EQ(count(), 0);
    EXPECT_EQ(db->idle(), 2u);
    EXPECT_EQ(std::get<0>(run(one.execute(root, nothrow, insert, "b"))), sqlite::errc::rolled_back);
    run(one.roll_back(root));
}

TEST_F(sqlite_transaction, is_over_once_it_is_committed)
{
    auto one = run(db->begin(root));
    run(one.commit(root));

    EXPECT_EQ(std::get<0>(run(one.execute(root, nothrow, insert, "a"))), sqlite::errc::rolled_back);
    EXPECT_EQ(count(), 0);
}

TEST_F(sqlite_transaction, goes_on_after_a_statement_that_failed)
{
    auto one = run(db->begin(root));
    run(one.execute(root, insert, "a"));
    EXPECT_EQ(std::get<0>(run(one.execute(root, nothrow, insert, "a"))), sqlite::errc::unique);
    run(one.execute(root, insert, "b"));

    run(one.commit(root));

    EXPECT_EQ(count(), 2);
}

TEST_F(sqlite_transaction, can_be_tried_again_or_given_up_when_its_commit_is_canceled)
{
    auto one = run(db->begin(root));
    run(one.execute(root, insert, "a"));
    auto source = with_cancel(root);
    source.cancel();

    EXPECT_THROW(run(one.commit(source.get_context())), context_error);
    EXPECT_EQ(count(), 0);
    run(one.commit(root));

    EXPECT_EQ(count(), 1);
}

TEST_F(sqlite_transaction, for_writing_excludes_others_from_its_start)
{
    auto impatient         = settings();
    impatient.busy_timeout = 0ms;
    open(impatient);
    auto first = run(db->begin(root));

    EXPECT_THROW(run(db->begin(root)), sqlite::error);
    auto reading = run(db->begin(root, sqlite::begin_with::reading));

    EXPECT_EQ(run(reading.execute(root, "select count(*) from notes")).front().get<int>(0), 0);
}

TEST_F(sqlite_transaction, outlives_the_handle_of_its_connection)
{
    auto on  = run(db->acquire(root));
    auto one = run(on.begin(root));
    on       = sqlite::connection();
    EXPECT_EQ(db->idle(), 1u);

    run(one.execute(root, insert, "a"));
    run(one.commit(root));

    EXPECT_EQ(count(), 1);
    EXPECT_EQ(db->idle(), 2u);
}

TEST_F(sqlite_transaction, that_was_given_up_is_rolled_back_before_the_next_statement_of_its_connection)
{
    auto on = run(db->acquire(root));
    {
        auto one = run(on.begin(root));
        run(one.execute(root, insert, "a"));
    }

    EXPECT_EQ(run(on.execute(root, "select count(*) from notes")).front().get<int>(0), 0);
}

TEST_F(sqlite_transaction, begun_by_hand_is_rolled_back_when_its_connection_is_given_back)
{
    {
        auto on = run(db->acquire(root));
        run(on.execute(root, "begin"));
        run(on.execute(root, insert, "a"));
    }

    expect_pool_whole();
    EXPECT_EQ(run(db->execute(root, "select * from notes where text = 'a'")).size(), 0u);
}

TEST_F(sqlite_transaction, as_a_function_commits_when_that_returns)
{
    auto add = [&](sqlite::transaction& one) -> task<int> {
        co_await one.execute(root, insert, "a");
        co_return 7;
    };

    EXPECT_EQ(run(db->transact(root, add)), 7);

    EXPECT_EQ(count(), 1);
}

TEST_F(sqlite_transaction, as_a_function_has_rolled_back_when_it_throws)
{
    auto add = [&](sqlite::transaction& one) -> task<> {
        co_await one.execute(root, insert, "a");
        throw std::runtime_error("no");
    };

    EXPECT_THROW(run(db->transact(root, add)), std::runtime_error);

    EXPECT_EQ(db->idle(), 2u);
    EXPECT_EQ(count(), 0);
}

TEST_F(sqlite_transaction, as_a_function_has_rolled_back_when_it_is_canceled)
{
    auto source = with_cancel(root);
    auto add    = [&](sqlite::transaction& one) -> task<> {
        co_await one.execute(source.get_context(), insert, "a");
        co_await one.execute(source.get_context(), testing::endless);
    };
    auto running = start_endless(db->transact(source.get_context(), add));

    source.cancel();
    run_until_finished(loop, running);

    EXPECT_EQ(running.error(), errc::canceled);
    EXPECT_EQ(db->idle(), 2u);
    EXPECT_EQ(count(), 0);
}

TEST_F(sqlite_transaction, as_a_function_has_rolled_back_when_its_coroutine_alone_is_canceled)
{
    auto add = [&](sqlite::transaction& one) -> task<> {
        co_await one.execute(root, insert, "a");
        co_await one.execute(root, testing::endless);
    };
    auto running = start_endless(db->transact(root, add));

    running.cancel();
    run_until_finished(loop, running);

    EXPECT_EQ(running.error(), errc::canceled);
    EXPECT_EQ(db->idle(), 2u);
    EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace curfew
