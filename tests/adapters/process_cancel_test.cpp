// Canceling programs: at every stage, and what is left of them.
#include <curfew/adapters/process.hpp>
#include <curfew/adapters/process/pool.hpp>

#include "cancel_storm.hpp"
#include "process_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <csignal>
#include <memory>
#include <thread>

namespace curfew {
namespace {

using namespace std::chrono_literals;

class process_cancel : public testing::process_fixture {
protected:
    const std::string sleep = "exec sleep 1000";
};

TEST_F(process_cancel, before_the_start_starts_nothing)
{
    CURFEW_PROVES("O2");
    auto source = with_cancel(root);
    source.cancel();

    auto one = loop.start(process::run(source.get_context(), shell_ready("", sleep)));

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_FALSE(testing::has_children());
    EXPECT_FALSE(std::filesystem::exists(folder + "/ready"));
}

TEST_F(process_cancel, ends_the_program_and_waits_for_it)
{
    auto source = with_cancel(root);
    auto one    = loop.start(process::run(source.get_context(), shell_ready("", sleep)));
    ASSERT_TRUE(wait_until_ready(one));

    source.cancel("enough");
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_EQ(one.cause().text(), "enough");
    EXPECT_FALSE(testing::has_children());
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST_F(process_cancel, at_the_deadline_ends_the_program)
{
    auto one = loop.start(process::run(with_timeout(root, 300ms), shell_ready("", sleep)));
    ASSERT_TRUE(wait_until_ready(one));

    clock.advance(300ms);
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::deadline_exceeded);
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, of_the_awaiting_coroutine_alone_ends_the_program)
{
    auto one = loop.start(process::run(root, shell_ready("", sleep)));
    ASSERT_TRUE(wait_until_ready(one));

    one.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, from_another_thread_ends_the_program)
{
    CURFEW_PROVES("O3");
    auto source = with_cancel(root);
    auto one    = loop.start(process::run(source.get_context(), shell_ready("", sleep)));
    ASSERT_TRUE(wait_until_ready(one));

    std::thread([&] { source.cancel(); }).join();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, lets_the_program_clean_up_within_the_grace)
{
    auto source = with_cancel(root);
    auto tidy   = shell_ready("trap 'head -c 1000000 /dev/zero; echo > " + folder + "/tidy; exit' TERM; ",
                              "while :; do sleep 0.01; done");
    auto one    = loop.start(process::run(source.get_context(), tidy));
    ASSERT_TRUE(wait_until_ready(one));

    source.cancel();
    run_until_finished(loop, one);  // though it writes more than a pipe holds, and no time passes

    EXPECT_TRUE(std::filesystem::exists(folder + "/tidy"));
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, kills_a_program_that_ignores_it_when_the_grace_is_over)
{
    auto source = with_cancel(root);
    auto deaf   = shell_ready("trap '' TERM; ", "while :; do sleep 0.01; done");
    deaf.grace  = 500ms;
    auto one    = loop.start(process::run(source.get_context(), deaf));
    ASSERT_TRUE(wait_until_ready(one));

    source.cancel();
    clock.advance(499ms);
    EXPECT_FALSE(one.finished());
    EXPECT_TRUE(testing::runs(ready_pid()));
    clock.advance(1ms);
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, reaches_a_program_that_is_stopped)
{
    auto source = with_cancel(root);
    auto one    = loop.start(process::run(source.get_context(), shell_ready("", sleep)));
    ASSERT_TRUE(wait_until_ready(one));
    ::kill(ready_pid(), SIGSTOP);

    source.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
}

TEST_F(process_cancel, reaches_what_the_program_has_started)
{
    auto        source = with_cancel(root);
    pid_t       below  = 0;
    auto        talk   = [&](process::child& child, context ctx) -> task<> {
        std::string line;
        while (line.find('\n') == line.npos) line += co_await child.read(ctx);
        below = static_cast<pid_t>(std::stol(line));
        source.cancel();
        co_await child.read(ctx);
    };
    auto one = loop.start(process::run(source.get_context(), shell("sleep 1000 & echo $!; wait"), talk));
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_TRUE(testing::run_until(loop, [&] { return !testing::runs(below); }));
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, of_a_program_that_has_just_ended_gives_its_whole_result_or_none)
{
    auto source = with_cancel(root);
    auto one    = loop.start(process::run(source.get_context(), shell_ready("echo out; ", "kill -9 $$")));
    while (!std::filesystem::exists(folder + "/ready")) std::this_thread::yield();
    while (testing::runs(ready_pid())) std::this_thread::yield();  // the loop does not know yet
    boost::asio::post(loop.io(), [&] { source.cancel(); });        // behind what tells it

    run_until_finished(loop, one);

    if (!one.error()) {
        EXPECT_EQ(one.value().output, "out\n");
    }
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_cancel, of_an_io_context_that_is_destroyed_leaves_no_child)
{
    const auto token       = std::make_shared<int>();
    const auto descriptors = testing::open_descriptors();
    {
        boost::asio::io_context io(1);
        const auto              what = shell_ready("", sleep);
        auto body = [&](context ctx, [[maybe_unused]] std::shared_ptr<int> held) -> task<> { co_await process::run(ctx, what); };
        boost::asio::co_spawn(io, body(background(io), token), [](std::exception_ptr) { ADD_FAILURE(); });
        while (!std::filesystem::exists(folder + "/ready")) io.poll();
        EXPECT_TRUE(testing::has_children());
    }

    EXPECT_EQ(token.use_count(), 1);
    EXPECT_TRUE(testing::run_until(loop, [] { return !testing::has_children(); }));
    EXPECT_LE(testing::open_descriptors(), descriptors + 4);  // the service thread's own
}

TEST_F(process_cancel, while_it_waits_for_its_turn_starts_nothing)
{
    process::pool one_at_a_time(1);
    auto          first  = with_cancel(root);
    auto          runs   = loop.start(one_at_a_time.run(first.get_context(), shell_ready("", sleep)));
    ASSERT_TRUE(wait_until_ready(runs));
    auto source = with_cancel(root);
    auto waits  = loop.start(one_at_a_time.run(source.get_context(), shell("echo > " + folder + "/never")));
    EXPECT_EQ(one_at_a_time.waiting(), 1u);

    source.cancel();
    loop.run_ready();

    EXPECT_EQ(waits.error(), errc::canceled);
    EXPECT_EQ(one_at_a_time.waiting(), 0u);
    first.cancel();
    run_until_finished(loop, runs);
    EXPECT_FALSE(std::filesystem::exists(folder + "/never"));
    EXPECT_EQ(one_at_a_time.running(), 0u);
}

TEST_F(process_cancel, leaves_no_child_no_descriptor_and_no_answer_to_another_after_a_thousand_at_random)
{
    process::pool    four(4, 1000);
    std::atomic<int> answered{0};
    const auto       request = [&](context ctx, int id) -> task<> {
        if (id % 3 == 0) {
            process::command endless("sleep", {"1000"});
            co_await four.run(ctx, endless);
            co_return;
        }
        process::command copy("cat");
        copy.input        = std::to_string(id);
        const auto copied = co_await four.run(ctx, copy);
        EXPECT_EQ(copied.status.to_string(), "exited with 0") << copied.error_output;
        EXPECT_EQ(copied.output, copy.input);
        ++answered;
    };
    const auto ends = [](int id) { return id % 3 != 0; };
    testing::cancel_storm(100, request, ends);  // what is opened once is open
    const auto descriptors = testing::open_descriptors();

    testing::cancel_storm(1000, request, ends);

    EXPECT_FALSE(testing::has_children());
    EXPECT_EQ(testing::open_descriptors(), descriptors);
    EXPECT_EQ(four.running(), 0u);
    EXPECT_EQ(four.waiting(), 0u);
    EXPECT_GT(answered, 0);
    EXPECT_EQ(run(four.run(root, process::command("echo", {"-n", "still"}))).output, "still");
}

}  // namespace
}  // namespace curfew
