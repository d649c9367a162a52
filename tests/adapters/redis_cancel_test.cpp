// Canceling commands of Redis: at every stage, and what is left of them.
#include <curfew/adapters/redis.hpp>

#include "cancel_storm.hpp"
#include "full_listener.hpp"
#include "redis_fixture.hpp"

#include <thread>

namespace curfew {
namespace {

using namespace std::chrono_literals;

class redis_cancel : public testing::redis_fixture {};

TEST_F(redis_cancel, before_the_start_sends_nothing)
{
    CURFEW_PROVES("O2");
    auto source = with_cancel(root);
    source.cancel();

    auto one = loop.start(client->command(source.get_context(), "INCR", "n"));

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_TRUE(run(other.command(root, "GET", "n")).is_nil());
}

TEST_F(redis_cancel, while_it_connects_ends_the_attempt)
{
    const testing::full_listener silent;
    auto                         elsewhere = settings();
    elsewhere.port                         = silent.port();
    open(elsewhere);
    auto source = with_cancel(root);
    auto one    = loop.start(client->command(source.get_context(), "PING"));
    EXPECT_EQ(clock.pending_timers(), 1u);

    source.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_EQ(clock.pending_timers(), 0u);
}

TEST_F(redis_cancel, in_flight_skips_the_reply)
{
    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    server.stop();
    auto source   = with_cancel(root);
    auto canceled = loop.start(client->command(source.get_context(), "ECHO", "of nobody"));
    auto next     = loop.start(client->command(root, "ECHO", "mine"));

    source.cancel("enough");
    run_until_finished(loop, canceled);
    EXPECT_FALSE(next.finished());
    server.go_on();
    run_until_finished(loop, next);

    EXPECT_EQ(canceled.error(), errc::canceled);
    EXPECT_EQ(canceled.cause().text(), "enough");
    EXPECT_EQ(next.value().text(), "mine");
}

TEST_F(redis_cancel, in_flight_of_everybody_skips_the_replies_when_the_next_command_comes)
{
    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    server.stop();
    auto source = with_cancel(root);
    auto first  = loop.start(client->command(source.get_context(), "ECHO", "of nobody"));
    auto second = loop.start(client->run(source.get_context(), redis::pipeline().add("ECHO", "a").add("ECHO", "b")));
    source.cancel();
    run_until_finished(loop, second);
    run_until_finished(loop, first);
    server.go_on();

    EXPECT_EQ(run(client->command(root, "ECHO", "mine")).text(), "mine");
}

TEST_F(redis_cancel, in_the_middle_of_a_pipeline_skips_the_rest_of_its_replies)
{
    redis::pipeline half;
    half.add("ECHO", "a").add("DEBUG", "SLEEP", "0.05").add("ECHO", "b");
    auto source   = with_cancel(root);
    auto canceled = loop.start(client->run(source.get_context(), half));
    for (int i = 0; i < 50; ++i) loop.run_one();

    source.cancel();
    run_until_finished(loop, canceled);

    EXPECT_EQ(run(client->command(root, "ECHO", "mine")).text(), "mine");
}

TEST_F(redis_cancel, at_the_deadline_ends_the_wait)
{
    server.stop();
    auto one = loop.start(client->command(with_timeout(root, 300ms), "PING"));

    clock.advance(300ms);
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::deadline_exceeded);
    server.go_on();
    expect_client_whole();
}

TEST_F(redis_cancel, of_a_blocking_command_ends_it_on_the_server)
{
    auto source = with_cancel(root);
    auto one    = loop.start(client->command(source.get_context(), "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));

    source.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_TRUE(wait_until_blocked("0"));
    run(other.command(root, "RPUSH", "list", "value"));
    EXPECT_EQ(run(other.command(root, "LLEN", "list")).integer(), 1);
    expect_client_whole();
}

TEST_F(redis_cancel, at_the_deadline_of_a_blocking_command_ends_it_on_the_server)
{
    auto one = loop.start(client->command(with_timeout(root, 300ms), "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));

    clock.advance(300ms);
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::deadline_exceeded);
    EXPECT_TRUE(wait_until_blocked("0"));
}

TEST_F(redis_cancel, of_the_awaiting_coroutine_alone_ends_the_command)
{
    auto one = loop.start(client->command(root, "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));

    one.cancel();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
    EXPECT_FALSE(root.done());
    EXPECT_TRUE(wait_until_blocked("0"));
}

TEST_F(redis_cancel, from_another_thread_ends_the_command)
{
    CURFEW_PROVES("O3");
    auto source = with_cancel(root);
    auto one    = loop.start(client->command(source.get_context(), "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));

    std::thread([&] { source.cancel(); }).join();
    run_until_finished(loop, one);

    EXPECT_EQ(one.error(), errc::canceled);
}

TEST_F(redis_cancel, while_it_waits_for_a_connection_sends_nothing)
{
    auto one_at_a_time                 = settings();
    one_at_a_time.blocking_connections = 1;
    open(one_at_a_time);
    auto first = loop.start(client->command(root, "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));
    auto source = with_cancel(root);
    auto waits  = loop.start(client->command(source.get_context(), "BLPOP", "list", 0));

    source.cancel();
    run_until_finished(loop, waits);

    EXPECT_EQ(waits.error(), errc::canceled);
    run(client->command(root, "RPUSH", "list", "a", "b"));
    run_until_finished(loop, first);
    EXPECT_EQ(run(client->command(root, "LLEN", "list")).integer(), 1);
}

TEST_F(redis_cancel, of_a_command_that_is_answered_already_delivers_the_reply)
{
    CURFEW_PROVES("O1");
    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    server.stop();  // so that both replies come at once
    auto source = with_cancel(root);
    auto cancel = [&]() -> task<> {
        co_await client->command(root, "ECHO", "first");
        source.cancel();  // the second reply has been read, and its coroutine has not gone on
    };
    auto canceling = loop.start(cancel());
    auto second    = loop.start(client->command(source.get_context(), "ECHO", "second"));

    server.go_on();
    run_until_finished(loop, second);

    EXPECT_TRUE(canceling.finished());
    EXPECT_FALSE(second.error());
    EXPECT_EQ(second.value().text(), "second");
}

TEST_F(redis_cancel, a_thousand_times_at_random_mixes_up_no_replies_and_leaves_nobody_blocked)
{
    CURFEW_PROVES("O6");
    std::atomic<int> answered{0};
    const auto       request = [&](context ctx, int id) -> task<> {
        switch (id % 4) {
        case 0: co_await client->command(ctx, "BLPOP", "never", 0); break;
        case 1: {
            redis::pipeline two;
            two.add("ECHO", id).add("ECHO", -id);
            const auto replies = co_await client->run(ctx, two);
            EXPECT_EQ(replies[0].integer(), id);
            EXPECT_EQ(replies[1].integer(), -id);
            ++answered;
            break;
        }
        default: {
            const auto reply = co_await client->command(ctx, "ECHO", id);
            EXPECT_EQ(reply.integer(), id);
            ++answered;
        }
        }
    };

    testing::cancel_storm(1000, request, [](int id) { return id % 4 != 0; });

    EXPECT_GT(answered, 0);
    EXPECT_TRUE(wait_until_blocked("0"));
    expect_client_whole();
}

}  // namespace
}  // namespace curfew
