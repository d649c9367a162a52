#include <curfew/adapters/sqlite.hpp>

#include "sqlite_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class sqlite_database : public testing::sqlite_fixture {};

TEST_F(sqlite_database, executes_a_statement_and_gives_its_rows)
{
    open();
    run(db->execute(root, "insert into notes (text) values (?), (?)", "first", "second"));

    const auto rows = run(db->execute(root, "select id, text from notes order by id"));

    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].get<int>("id"), 1);
    EXPECT_EQ(rows[1].get<std::string>("text"), "second");
}

TEST_F(sqlite_database, binds_and_reads_every_type)
{
    open();
    const sqlite::blob bytes{std::byte{0}, std::byte{255}};

    const auto rows = run(db->execute(root, "select ?, ?, ?, ?, ?, ?", 1LL << 62, 0.5, "t\0xt", bytes, nullptr,
                                      std::optional<std::string>("there")));

    const auto row = rows.front();
    EXPECT_EQ(row.get<std::int64_t>(0), 1LL << 62);
    EXPECT_EQ(row.get<double>(1), 0.5);
    EXPECT_EQ(row.get<std::string>(2), "t");
    EXPECT_EQ(row.get<sqlite::blob>(3), bytes);
    EXPECT_EQ(row.get<std::optional<int>>(4), std::nullopt);
    EXPECT_EQ(row.get<std::string_view>(5), "there");
}

TEST_F(sqlite_database, tells_what_a_statement_changed)
{
    open();

    const auto inserted = run(db->execute(root, "insert into notes (text) values ('a'), ('b')"));
    const auto read     = run(db->execute(root, "select * from notes"));

    EXPECT_EQ(inserted.changed(), 2);
    EXPECT_EQ(inserted.last_insert_id(), 2);
    EXPECT_EQ(read.changed(), 0);
}

TEST_F(sqlite_database, runs_nothing_on_the_loop)
{
    open();

    run(db->execute(root, "select tick(1)"));

    EXPECT_NE(testing::ticking_thread.load(), std::this_thread::get_id());
}

TEST_F(sqlite_database, gives_the_error_instead_of_throwing_if_asked_to)
{
    open();

    const auto wrong = run(db->execute(root, nothrow, "select * from nothing"));
    const auto right = run(db->execute(root, nothrow, "select ?", 5));

    EXPECT_EQ(std::get<0>(wrong), sqlite::errc::sql);
    EXPECT_FALSE(std::get<0>(right));
    EXPECT_EQ(std::get<1>(right).front().get<int>(0), 5);
}

TEST_F(sqlite_database, says_what_it_attempted_and_what_happened_but_no_values)
{
    open();
    run(db->execute(root, "insert into notes (text) values (?)", "secret"));

    try {
        run(db->execute(root, "insert into notes (text) values (?)", "secret"));
        FAIL();
    } catch (const sqlite::error& e) {
        EXPECT_EQ(e.code(), sqlite::errc::constraint);
        EXPECT_EQ(e.code(), sqlite::errc::unique);
        EXPECT_THAT(e.what(), HasSubstr(file.path()));
        EXPECT_THAT(e.what(), HasSubstr("UNIQUE constraint failed: notes.text"));
        EXPECT_THAT(e.what(), HasSubstr("insert into notes (text) values (?)"));
        EXPECT_THAT(e.what(), Not(HasSubstr("secret")));
    }
}

TEST_F(sqlite_database, wants_one_statement_and_as_many_values_as_it_has_parameters)
{
    open();
    const auto error_of = [&](auto&&... how) { return std::get<0>(run(db->execute(root, nothrow, how...))); };

    EXPECT_EQ(error_of("select ?"), sqlite::errc::parameter_count);
    EXPECT_EQ(error_of("select 1", 2), sqlite::errc::parameter_count);
    EXPECT_EQ(error_of("select 1; select 2"), sqlite::errc::not_one);
    EXPECT_EQ(error_of(""), sqlite::errc::not_one);
    EXPECT_EQ(error_of("-- only a comment"), sqlite::errc::not_one);
    EXPECT_FALSE(error_of("select 1; -- and a comment"));
}

TEST_F(sqlite_database, refuses_a_result_that_is_too_large)
{
    auto small             = settings();
    small.max_result_bytes = 1000;
    open(small);

    const auto large = run(db->execute(root, nothrow, "select zeroblob(2000)"));

    EXPECT_EQ(std::get<0>(large), sqlite::errc::result_too_large);
    expect_pool_whole();
}

TEST_F(sqlite_database, executes_a_script_up_to_its_first_error)
{
    open();

    EXPECT_THROW(run(db->run_script(root, "insert into notes (text) values ('a'); -- one\n"
                                          "insert into nothing values (1); insert into notes (text) values ('b')")),
                 sqlite::error);

    EXPECT_EQ(count(), 1);
}

TEST_F(sqlite_database, has_wal_and_foreign_keys_on_and_executes_what_its_options_say)
{
    auto more    = settings();
    more.on_open = {"pragma synchronous = off"};
    open(more);

    EXPECT_EQ(run(db->execute(root, "pragma journal_mode")).front().get<std::string>(0), "wal");
    EXPECT_EQ(run(db->execute(root, "pragma foreign_keys")).front().get<int>(0), 1);
    EXPECT_EQ(run(db->execute(root, "pragma synchronous")).front().get<int>(0), 0);
}

TEST_F(sqlite_database, in_memory_has_one_connection)
{
    sqlite::options memory;
    memory.path = ":memory:";
    open(memory);

    run(db->execute(root, "insert into notes (text) values ('a')"));

    EXPECT_EQ(db->connections(), 1u);
    EXPECT_EQ(count(), 1);
}

TEST_F(sqlite_database, opened_for_reading_refuses_writes)
{
    open();
    auto reading      = settings();
    reading.read_only = true;
    db                = std::make_unique<sqlite::database>(reading);

    EXPECT_EQ(std::get<0>(run(db->execute(root, nothrow, "insert into notes (text) values ('a')"))), sqlite::errc::read_only);
    EXPECT_EQ(count(), 0);
}

TEST_F(sqlite_database, says_at_once_that_it_cannot_be_opened)
{
    auto missing = settings();
    missing.path = "/nowhere/orders.db";

    try {
        sqlite::database never(missing);
        FAIL();
    } catch (const sqlite::error& e) {
        EXPECT_EQ(e.code(), sqlite::errc::cannot_open);
        EXPECT_THAT(e.what(), HasSubstr("/nowhere/orders.db: open: unable to open database file"));
    }
    EXPECT_THROW(sqlite::database(sqlite::options{}), std::invalid_argument);
    missing.connections = 0;
    EXPECT_THROW(sqlite::database{missing}, std::invalid_argument);
}

TEST_F(sqlite_database, says_so_when_the_file_is_no_database)
{
    std::filesystem::copy_file("/proc/self/exe", file.path());

    EXPECT_THROW(
        {
            try {
                open();
            } catch (const sqlite::error& e) {
                EXPECT_EQ(e.code(), sqlite::errc::no_database);
                throw;
            }
        },
        sqlite::error);
}

TEST_F(sqlite_database, refuses_when_too_many_wait_for_a_connection)
{
    auto small        = settings();
    small.connections = 1;
    small.max_waiting = 1;
    open(small);
    auto held  = run(db->acquire(root));
    auto waits = loop.start(db->execute(root, "select 1"));

    try {
        run(db->execute(root, "select 2"));
        FAIL();
    } catch (const sqlite::error& e) {
        EXPECT_EQ(e.code(), sqlite::errc::too_many_waiting);
        EXPECT_THAT(e.what(), HasSubstr("1 requests wait for one of 1 connections already"));
    }
    held = sqlite::connection();
    EXPECT_TRUE(run_until_finished(loop, waits));
    EXPECT_EQ(waits.value().size(), 1u);
}

TEST_F(sqlite_database, shows_a_connection_that_is_not_given_back)
{
    CURFEW_PROVES("L3");
    open();
    const auto line = std::to_string(__LINE__ + 1);
    auto       held = run(db->acquire(root));

    EXPECT_THAT(loop.leaks(), HasSubstr("unreturned pool item 'sqlite connection' made at " __FILE__ ":" + line));
}

TEST_F(sqlite_database, interrupts_what_runs_when_it_is_destroyed)
{
    open();
    auto running = start_endless(db->execute(root, testing::endless));

    db.reset();

    ASSERT_TRUE(run_until_finished(loop, running));
    EXPECT_EQ(running.error(), sqlite::errc::closed);
}

TEST_F(sqlite_database, leaves_handles_that_outlive_it_without_a_connection)
{
    open();
    auto held = run(db->acquire(root));
    auto open_transaction = run(db->begin(root));

    db.reset();

    EXPECT_EQ(std::get<0>(run(held.execute(root, nothrow, "select 1"))), sqlite::errc::closed);
    EXPECT_EQ(std::get<0>(run(open_transaction.execute(root, nothrow, "select 1"))), sqlite::errc::closed);
}

TEST_F(sqlite_database, survives_an_io_context_that_goes_while_a_statement_runs)
{
    open();
    const auto token = std::make_shared<int>();
    {
        boost::asio::io_context io(1);
        auto body = [&](context ctx, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            auto open_transaction = co_await db->begin(ctx);
            co_await open_transaction.execute(ctx, "insert into notes (text) values ('lost')");
            co_await open_transaction.execute(ctx, testing::endless);
        };
        boost::asio::co_spawn(io, body(background(io), token), [](std::exception_ptr) { ADD_FAILURE(); });
        while (testing::ticks == 0) io.poll_one();
    }

    EXPECT_EQ(token.use_count(), 1);
    expect_pool_whole();
    EXPECT_EQ(run(db->execute(root, "select * from notes where text = 'lost'")).size(), 0u);
}

}  // namespace
}  // namespace curfew
