// 1,000 requests on two loops, most of them canceled at some moment, against four connections.
#include <curfew/adapters/sqlite.hpp>

#include "cancel_storm.hpp"
#include "sqlite_fixture.hpp"

#include <mutex>
#include <set>

namespace curfew {
namespace {

class sqlite_stress : public testing::sqlite_fixture {};

TEST_F(sqlite_stress, leaves_the_pool_whole_the_file_unlocked_and_no_answer_to_another_request)
{
    CURFEW_PROVES("O6", "O10");
    auto four        = settings();
    four.connections = 4;
    four.max_waiting = 1000;
    open(four);
    std::mutex         mutex;
    std::set<int>      reported;  // those who were told that their row was written
    std::atomic<int>   answered{0};
    const auto         remember = [&](int id) {
        std::lock_guard lock(mutex);
        reported.insert(id);
    };
    const auto request = [&](context ctx, int id) -> task<> {
        constexpr auto insert = "insert into notes (id) values (?)";
        switch (id % 5) {
        case 0: {
            const auto rows = co_await db->execute(ctx, "select ?, tick(0)", id);
            EXPECT_EQ(rows.front().get<int>(0), id);
            ++answered;
            break;
        }
        case 1: co_await db->execute(ctx, testing::endless); break;
        case 2:
            co_await db->execute(ctx, insert, id);
            remember(id);
            break;
        case 3: {
            auto write = [&](sqlite::transaction& open_transaction) -> task<> {
                co_await open_transaction.execute(ctx, insert, id);
                co_await open_transaction.execute(ctx, "select tick(0)");
            };
            co_await db->transact(ctx, write);
            remember(id);
            break;
        }
        case 4: {
            auto open_transaction = co_await db->begin(ctx);
            co_await open_transaction.execute(ctx, insert, id);
            co_await open_transaction.execute(ctx, testing::endless);
            remember(id);
        }
        }
    };

    testing::cancel_storm(1000, request, [](int id) { return id % 5 != 1 && id % 5 != 4; });

    run_until(loop, [&] { return db->idle() == 4; });
    std::set<int> written;
    for (const auto& each : run(db->execute(root, "select id from notes"))) written.insert(each.get<int>("id"));
    EXPECT_EQ(written, reported);
    EXPECT_GT(reported.size(), 0u);
    EXPECT_GT(answered, 0);
    expect_pool_whole();
}

}  // namespace
}  // namespace curfew
