#include "engine.hpp"

#include "sqlite_fixture.hpp"

#include <atomic>

namespace curfew::sqlite::detail {
namespace {

TEST(sqlite_engine, stops_a_statement_whose_interruption_came_before_its_first_step)
{
    testing::register_functions();
    const testing::temporary_file file;
    testing::manual_clock         clock;
    testing::test_loop            loop(clock);
    options                       settings;
    settings.path = file.path();
    const std::atomic<bool> closing{false};
    engine                  one(settings, closing);
    auto                    source = with_cancel(loop.background());
    source.cancel();

    // SQLite forgets an interruption when its first statement begins; only looking at the context helps.
    const auto ended = one.run(source.get_context(), statement(statement::kind_type::single, testing::endless));

    EXPECT_EQ(ended.error, curfew::errc::canceled);
}

TEST(sqlite_engine, is_without_a_transaction_after_a_rollback)
{
    const testing::temporary_file file;
    testing::manual_clock         clock;
    testing::test_loop            loop(clock);
    options                       settings;
    settings.path = file.path();
    const std::atomic<bool> closing{false};
    engine                  one(settings, closing);
    const auto              run = [&](const char* sql) {
        return one.run(loop.background(), statement(statement::kind_type::single, sql));
    };
    EXPECT_FALSE(run("begin immediate").error);
    EXPECT_TRUE(one.in_transaction());

    one.roll_back();

    EXPECT_FALSE(one.in_transaction());
    EXPECT_FALSE(run("select 1").error);
}

}  // namespace
}  // namespace curfew::sqlite::detail
