// Canceling statements of SQLite: at every stage, and what is left of them.
#include <curfew/adapters/sqlite.hpp>

#include "sqlite_fixture.hpp"
#include "child_program.hpp"

#include <curfew/shield.hpp>

#include <gmock/gmock.h>

#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::endless;
using testing::ticks;

class sqlite_cancel : public testing::sqlite_fixture {};

TEST_F(sqlite_cancel, before_the_start_executes_nothing)
{
    CURFEW_PROVES("O2");
    open();
    auto source = with_cancel(root);
    source.cancel();

    auto one = loop.start(db->execute(source.get_context(), "select tick(1)"));

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_EQ(ticks, 0);
    expect_pool_whole();
}

TEST_F(sqlite_cancel, while_it_waits_for_a_connection_ends_the_wait)
{
    open();
    auto first = run(db->acquire(root)), second = run(db->acquire(root));
    auto source = with_cancel(root);
    auto waits  = loop.start(db->execute(source.get_context(), "select tick(1)"));
    EXPECT_EQ(db->waiting(), 1u);

    source.cancel();
    loop.run_ready();

    EXPECT_EQ(waits.error(), errc::canceled);
    EXPECT_EQ(ticks, 0);
    first  = sqlite::connection();
    second = sqlite::connection();
    expect_pool_whole();
}

TEST_F(sqlite_cancel, in_the_tick_in_which_a_connection_is_granted_gives_it_to_the_next)
{
    CURFEW_PROVES("O6");
    open();
    auto first = run(db->acquire(root)), second = run(db->acquire(root));
    auto source   = with_cancel(root);
    auto canceled = loop.start(db->execute(source.get_context(), "select tick(1)"));
    auto next     = loop.start(db->execute(root, "select 5"));

    first = sqlite::connection();
    source.cancel();
    run_until_finished(loop, next);

    EXPECT_EQ(canceled.error(), errc::canceled);
    EXPECT_EQ(next.value().front().get<int>(0), 5);
    EXPECT_EQ(ticks, 0);
    second = sqlite::connection();
    expect_pool_whole();
}

TEST_F(sqlite_cancel, in_flight_returns_when_the_statement_has_stopped)
{
    CURFEW_PROVES("O10");
    open();
    auto source = with_cancel(root);
    auto one    = start_endless(db->execute(source.get_context(), endless));

    source.cancel("enough");
    run_until_finished(loop, one);
    const auto reached = ticks.load();

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_EQ(one.cause().text(), "enough");
    expect_pool_whole();
    EXPECT_EQ(ticks, reached);
}

TEST_F(sqlite_cancel, at_the_deadline_stops_the_statement)
{
    open();
    auto one = start_endless(db->execute(with_timeout(root, 300ms), endless));

    clock.advance(300ms);
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::deadline_exceeded);
    expect_pool_whole();
}

TEST_F(sqlite_cancel, of_the_awaiting_coroutine_alone_stops_the_statement)
{
    open();
    auto one = start_endless(db->execute(root, endless));

    one.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_FALSE(root.done());
    expect_pool_whole();
}

TEST_F(sqlite_cancel, from_another_thread_stops_the_statement)
{
    CURFEW_PROVES("O3");
    open();
    auto source = with_cancel(root);
    auto one    = start_endless(db->execute(source.get_context(), endless));

    std::thread([&] { source.cancel(); }).join();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    expect_pool_whole();
}

TEST_F(sqlite_cancel, while_another_connection_holds_the_lock_ends_the_wait_for_it)
{
    open();
    auto holder = run(db->begin(root));
    auto source = with_cancel(root);
    auto waits  = loop.start(db->execute(source.get_context(), "insert into notes (text) values ('never')"));

    source.cancel();
    run_until_finished(loop, waits);

    EXPECT_EQ(waits.error(), errc::canceled);
    run(holder.commit(root));
    holder = sqlite::transaction();
    EXPECT_EQ(count(), 0);
    expect_pool_whole();
}

TEST_F(sqlite_cancel, has_no_effect_on_a_statement_that_has_ended)
{
    CURFEW_PROVES("O1");
    open();
    auto on          = run(db->acquire(root));
    auto source      = with_cancel(root);
    testing::holding = true;
    auto one         = loop.start(on.execute(source.get_context(), "select hold()"));
    auto next        = loop.start(on.execute(root, "select tick(2)"));

    testing::holding = false;
    testing::holding.notify_all();
    while (ticks == 0) std::this_thread::yield();  // the first has ended, and the loop does not know yet
    source.cancel();
    run_until_finished(loop, next);

    ASSERT_TRUE(one.finished());
    EXPECT_FALSE(one.error());
    EXPECT_EQ(one.value().front().get<int>(0), 1);
}

TEST_F(sqlite_cancel, never_hits_the_next_statement_of_its_connection)
{
    CURFEW_PROVES("O10");
    auto one_connection        = settings();
    one_connection.connections = 1;
    open(one_connection);
    const auto up_to = [](int last) {
        return "with recursive n(x) as (select 1 union all select x + 1 from n limit " + std::to_string(last) +
               ") select max(x) + ? from n";
    };

    // The cancel falls before, into or after the first statement, and the second follows at once.
    for (int i = 0; i < 100; ++i) {
        auto        source = with_cancel(root);
        auto        one    = loop.start(db->execute(source.get_context(), up_to(i * 100 + 1), i));
        auto        next   = loop.start(db->execute(root, up_to(20'000), i));
        std::thread canceling([&] { source.cancel(); });
        run_until_finished(loop, next);
        canceling.join();
        run_until_finished(loop, one);

        ASSERT_FALSE(next.error()) << next.error().message();
        ASSERT_EQ(next.value().front().get<int>(0), 20'000 + i);
        ASSERT_TRUE(!one.error() || one.error() == errc::canceled) << one.error().message();
    }
}

TEST_F(sqlite_cancel, after_the_end_of_its_statement_never_hits_the_next_one)
{
    CURFEW_PROVES("O10");
    open();
    auto on     = run(db->acquire(root));
    auto source = with_cancel(root);
    run(on.execute(source.get_context(), "select 1"));
    auto other = with_cancel(root);
    auto next  = start_endless(on.execute(other.get_context(), endless));

    source.cancel();
    const auto before = ticks.load();
    run_until(loop, [&] { return ticks > before + 100'000; });

    EXPECT_FALSE(next.finished());
    other.cancel();
    run_until_finished(loop, next);
}

TEST_F(sqlite_cancel, of_a_statement_behind_another_on_the_same_connection_does_not_wait_for_that)
{
    open();
    auto both  = run(db->acquire(root));
    auto other = with_cancel(root), source = with_cancel(root);
    auto runs  = start_endless(both.execute(other.get_context(), endless));
    auto waits = loop.start(both.execute(source.get_context(), "select tick(1)"));

    source.cancel();
    loop.run_ready();

    EXPECT_EQ(waits.error(), errc::canceled);
    EXPECT_FALSE(runs.finished());
    other.cancel();
    run_until_finished(loop, runs);
    both = sqlite::connection();
    expect_pool_whole();
}

TEST_F(sqlite_cancel, of_a_write_rolls_its_whole_transaction_back_and_nothing_is_written_outside_it)
{
    CURFEW_PROVES("O10");
    open();
    auto source = with_cancel(root);
    auto after  = [&](context protected_ctx, sqlite::transaction& open_transaction) -> task<> {
        co_await open_transaction.execute(protected_ctx, "insert into notes (text) values ('outside')");
    };
    auto body = [&](context ctx) -> task<> {
        auto               open_transaction = co_await db->begin(ctx);
        std::exception_ptr canceled;
        try {
            co_await open_transaction.execute(ctx, "insert into notes (text) values ('before')");
            co_await open_transaction.execute(ctx, "insert into notes (id) " + endless);
        } catch (const context_error&) {
            canceled = std::current_exception();
        }
        EXPECT_TRUE(canceled);
        auto write = [&](context c) { return after(c, open_transaction); };
        co_await shield(ctx, 1s, write);
    };
    auto one = start_endless(body(source.get_context()));

    source.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), sqlite::errc::rolled_back);
    EXPECT_EQ(count(), 0);
    expect_pool_whole();
}

// A program of its own, which holds the write lock until it is killed.
TEST(sqlite_other_process, DISABLED_holds_the_write_lock)
{
    sqlite3*   db   = nullptr;
    const auto path = testing::child_program::argument();
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, "begin immediate; insert into notes (text) values ('dying')", nullptr, nullptr, nullptr), SQLITE_OK);
    testing::child_program::say_ready_and_wait_to_be_killed();
}

TEST_F(sqlite_cancel, is_not_needed_when_the_program_that_holds_the_lock_dies)
{
    open();
    testing::child_program holder("sqlite_other_process.DISABLED_holds_the_write_lock", file.path());
    ASSERT_TRUE(holder.wait_until_ready());
    auto waits = loop.start(db->execute(root, "insert into notes (text) values ('mine')"));
    loop.run_ready();

    holder.kill();
    run_until_finished(loop, waits);

    EXPECT_FALSE(waits.error());
    EXPECT_EQ(count(), 1);
    expect_pool_whole();
}

}  // namespace
}  // namespace curfew
