#include <curfew/adapters/process/pool.hpp>

#include "process_fixture.hpp"

#include <gmock/gmock.h>

namespace curfew {
namespace {

using ::testing::HasSubstr;
using process::command;

class process_pool : public testing::process_fixture {};

TEST_F(process_pool, lets_only_so_many_programs_run_at_a_time)
{
    process::pool two(2);
    auto          source = with_cancel(root);
    auto          first  = loop.start(two.run(source.get_context(), command("sleep", {"1000"})));
    auto          second = loop.start(two.run(source.get_context(), command("sleep", {"1000"})));
    auto          third  = loop.start(two.run(root, command("echo", {"third"})));
    EXPECT_EQ(two.running(), 2u);
    EXPECT_EQ(two.waiting(), 1u);

    source.cancel();
    run_until_finished(loop, third);

    EXPECT_EQ(third.value().output, "third\n");
    run_until_finished(loop, first);
    run_until_finished(loop, second);
}

TEST_F(process_pool, refuses_when_too_many_wait)
{
    process::pool one(1, 0);
    auto          source = with_cancel(root);
    auto          first  = loop.start(one.run(source.get_context(), command("sleep", {"1000"})));

    try {
        run(one.run(root, command("echo")));
        FAIL();
    } catch (const boost::system::system_error& e) {
        EXPECT_EQ(e.code(), process::errc::too_many_waiting);
        EXPECT_THAT(e.what(), HasSubstr("process echo: 1 programs run, and 0 wait"));
    }
    EXPECT_EQ(std::get<0>(run(one.run(root, nothrow, command("echo")))), process::errc::too_many_waiting);
    source.cancel();
    run_until_finished(loop, first);
}

TEST_F(process_pool, has_room_for_one_at_least)
{
    EXPECT_THROW(process::pool(0), std::invalid_argument);
}

}  // namespace
}  // namespace curfew
