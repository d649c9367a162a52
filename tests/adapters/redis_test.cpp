#include <curfew/adapters/redis.hpp>

#include "full_listener.hpp"
#include "redis_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <gmock/gmock.h>

#include <thread>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class redis_client : public testing::redis_fixture {};

TEST_F(redis_client, sends_a_command_and_gives_its_reply)
{
    EXPECT_EQ(run(client->command(root, "SET", "key", "a value \r\n with \xff")).text(), "OK");
    EXPECT_EQ(run(client->command(root, "GET", "key")).text(), "a value \r\n with \xff");
    EXPECT_EQ(run(client->command(root, "INCRBY", "count", 7)).integer(), 7);
    EXPECT_TRUE(run(client->command(root, "GET", "nothing")).is_nil());
}

TEST_F(redis_client, speaks_through_a_unix_socket)
{
    redis::options local;
    local.unix_path = server.unix_path();
    open(local);

    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
}

TEST_F(redis_client, finds_its_server_by_name)
{
    auto named = settings();
    named.host = "localhost";
    open(named);

    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
}

TEST_F(redis_client, shares_one_connection_among_all_commands_of_a_loop)
{
    const auto                             before = std::stoi(asked("clients", "connected_clients"));
    std::vector<testing::started<redis::reply>> all;
    for (int i = 0; i < 100; ++i) all.push_back(loop.start(client->command(root, "ECHO", i)));

    for (int i = 0; i < 100; ++i) {
        run_until_finished(loop, all[static_cast<std::size_t>(i)]);
        EXPECT_EQ(all[static_cast<std::size_t>(i)].value().integer(), i);
    }
    EXPECT_EQ(asked("clients", "connected_clients"), std::to_string(before + 1));
}

TEST_F(redis_client, throws_what_the_server_objects_to_without_the_arguments)
{
    run(client->command(root, "SET", "text", "secret"));

    try {
        run(client->command(root, "INCRBY", "text", "secret"));
        FAIL();
    } catch (const redis::error& e) {
        EXPECT_EQ(e.code(), redis::errc::server);
        EXPECT_THAT(e.what(), HasSubstr("redis 127.0.0.1:" + std::to_string(server.port()) + ": INCRBY: ERR value is not an integer"));
        EXPECT_THAT(e.what(), Not(HasSubstr("secret")));
    }
}

TEST_F(redis_client, gives_the_error_instead_of_throwing_if_asked_to)
{
    const auto wrong = run(client->command(root, nothrow, "NONSENSE"));
    const auto right = run(client->command(root, nothrow, "ECHO", "mine"));

    EXPECT_EQ(std::get<0>(wrong), redis::errc::server);
    EXPECT_FALSE(std::get<0>(right));
    EXPECT_EQ(std::get<1>(right).text(), "mine");
}

TEST_F(redis_client, refuses_commands_that_change_the_connection_for_others)
{
    EXPECT_THROW(run(client->command(root, "SUBSCRIBE", "news")), std::invalid_argument);
    EXPECT_THROW(run(client->command(root, "multi")), std::invalid_argument);
    EXPECT_THROW(run(client->run(root, redis::pipeline().add("BLPOP", "list", 0))), std::invalid_argument);
    EXPECT_THROW(run(client->transact(root, redis::pipeline().add("WATCH", "key"))), std::invalid_argument);
    expect_client_whole();
}

TEST_F(redis_client, sends_several_commands_at_once)
{
    redis::pipeline several;
    several.add("SET", "n", 1).add("INCR", "n").add("LPUSH", "n", "no list").add("GET", "n");

    const auto replies = run(client->run(root, several));

    ASSERT_EQ(replies.size(), 4u);
    EXPECT_EQ(replies[1].integer(), 2);
    EXPECT_TRUE(replies[2].is_error());
    EXPECT_EQ(replies[3].text(), "2");
    EXPECT_TRUE(run(client->run(root, redis::pipeline())).empty());
}

TEST_F(redis_client, executes_a_transaction)
{
    const auto replies = run(client->transact(root, redis::pipeline().add("INCR", "n").add("INCR", "n")));

    ASSERT_EQ(replies.size(), 2u);
    EXPECT_EQ(replies[1].integer(), 2);
}

TEST_F(redis_client, executes_nothing_of_a_transaction_that_the_server_refuses)
{
    try {
        run(client->transact(root, redis::pipeline().add("INCR", "n").add("NONSENSE")));
        FAIL();
    } catch (const redis::error& e) {
        EXPECT_EQ(e.code(), redis::errc::server);
        EXPECT_THAT(e.what(), HasSubstr("unknown command"));
    }
    EXPECT_TRUE(run(client->command(root, "GET", "n")).is_nil());
}

TEST_F(redis_client, chooses_its_database_on_every_connection)
{
    auto second     = settings();
    second.database = 2;
    open(second);
    run(client->command(root, "RPUSH", "list", "there"));

    EXPECT_EQ(run(client->command(root, "BLPOP", "list", 0))[1].text(), "there");

    EXPECT_EQ(run(other.command(root, "EXISTS", "list")).integer(), 0);
}

TEST_F(redis_client, runs_blocking_commands_beside_the_others)
{
    auto waits = loop.start(client->command(root, "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));

    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    run(client->command(root, "RPUSH", "list", "value"));
    run_until_finished(loop, waits);

    EXPECT_EQ(waits.value()[1].text(), "value");
}

TEST_F(redis_client, says_which_server_it_cannot_reach)
{
    auto nowhere = settings();
    nowhere.port = testing::redis_server::free_port();
    open(nowhere);

    try {
        run(client->command(root, "PING"));
        FAIL();
    } catch (const redis::error& e) {
        EXPECT_EQ(e.code(), boost::system::errc::connection_refused);
        EXPECT_THAT(e.what(), HasSubstr("redis 127.0.0.1:" + std::to_string(nowhere.port) + ": connect: Connection refused: PING"));
    }
    nowhere.host = "no.such.host.invalid";
    open(nowhere);
    EXPECT_TRUE(std::get<0>(run(client->command(root, nothrow, "PING"))));
}

TEST_F(redis_client, gives_up_a_server_that_does_not_let_it_in_in_time)
{
    auto greeting            = settings();
    greeting.database        = 1;
    greeting.connect_timeout = 500ms;
    open(greeting);
    server.stop();
    auto waits = loop.start(client->command(root, "PING"));
    testing::run_until(loop, [&] { return clock.pending_timers() == 1; });

    clock.advance(500ms);
    run_until_finished(loop, waits);

    EXPECT_EQ(waits.error(), boost::system::errc::timed_out);
    server.go_on();
    expect_client_whole();
}

TEST_F(redis_client, gives_up_a_server_that_it_does_not_reach_in_time)
{
    const testing::full_listener silent;
    auto                         elsewhere = settings();
    elsewhere.port                         = silent.port();
    open(elsewhere);
    auto waits = loop.start(client->command(root, "PING"));

    clock.advance(elsewhere.connect_timeout);
    run_until_finished(loop, waits);

    EXPECT_EQ(waits.error(), boost::system::errc::timed_out);
}

TEST_F(redis_client, connects_again_when_the_server_was_restarted)
{
    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    server.kill();
    server.start();

    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    expect_client_whole();
}

TEST_F(redis_client, fails_what_was_sent_when_the_server_dies_and_connects_again)
{
    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
    auto blocked = loop.start(client->command(root, "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));
    server.stop();
    auto sent = loop.start(client->command(root, "PING"));

    server.kill();
    run_until_finished(loop, sent);
    run_until_finished(loop, blocked);

    EXPECT_EQ(sent.error(), redis::errc::connection_lost);
    EXPECT_EQ(blocked.error(), redis::errc::connection_lost);
    server.start();
    expect_client_whole();
}

TEST_F(redis_client, refuses_a_reply_that_is_too_large)
{
    auto small            = settings();
    small.max_reply_bytes = 100'000;
    open(small);
    run(other.command(root, "SETRANGE", "large", 1'000'000, "x"));

    const auto refused = run(client->command(root, nothrow, "GET", "large"));

    EXPECT_EQ(std::get<0>(refused), redis::errc::protocol);
    EXPECT_EQ(run(client->command(root, "PING")).text(), "PONG");
}

TEST_F(redis_client, refuses_when_too_much_waits)
{
    auto small                 = settings();
    small.max_waiting          = 1;
    small.blocking_connections = 1;
    open(small);
    auto source  = with_cancel(root);
    auto ctx     = source.get_context();
    auto blocked = loop.start(client->command(ctx, "BLPOP", "list", 0));
    auto waits   = loop.start(client->command(ctx, "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));

    EXPECT_EQ(std::get<0>(run(client->command(root, nothrow, "BLPOP", "list", 0))), redis::errc::too_many_waiting);
    server.stop();
    auto sent    = loop.start(client->command(ctx, "PING"));
    auto refused = loop.start(client->command(root, "PING"));
    run_until_finished(loop, refused);
    EXPECT_EQ(refused.error(), redis::errc::too_many_waiting);
    server.go_on();
    run_until_finished(loop, sent);
    source.cancel();
    run_until_finished(loop, blocked);
    run_until_finished(loop, waits);
}

TEST_F(redis_client, asks_for_sensible_options)
{
    redis::options wrong;
    wrong.username = "somebody";
    EXPECT_THROW(redis::client{wrong}, std::invalid_argument);
    wrong      = redis::options();
    wrong.host = "";
    EXPECT_THROW(redis::client{wrong}, std::invalid_argument);
}

TEST_F(redis_client, ends_what_is_under_way_when_it_is_destroyed)
{
    auto blocked = loop.start(client->command(root, "BLPOP", "list", 0));
    ASSERT_TRUE(wait_until_blocked("1"));
    server.stop();
    auto sent = loop.start(client->command(root, "PING"));

    client.reset();
    run_until_finished(loop, blocked);
    run_until_finished(loop, sent);

    EXPECT_EQ(blocked.error(), redis::errc::closed);
    EXPECT_EQ(sent.error(), redis::errc::closed);
    server.go_on();
    EXPECT_TRUE(wait_until_blocked("0"));
}

TEST_F(redis_client, shows_a_connection_that_is_not_given_back)
{
    CURFEW_PROVES("L3");
    const auto line   = std::to_string(__LINE__ + 2);
    auto       source = with_cancel(root);
    auto       waits  = loop.start(client->command(source.get_context(), "BLPOP", "list", 0));

    EXPECT_THAT(loop.leaks(), HasSubstr("unreturned pool item 'redis connection' made at " __FILE__ ":" + line));
    source.cancel();
    run_until_finished(loop, waits);
}

TEST_F(redis_client, survives_an_io_context_that_goes_while_commands_are_under_way)
{
    const auto token = std::make_shared<int>();
    {
        boost::asio::io_context io(1);
        auto ask = [&](context ctx, std::string command, [[maybe_unused]] std::shared_ptr<int> held) -> task<> {
            co_await client->command(ctx, command, "list", 0);
        };
        for (const char* command : {"BLPOP", "LINDEX"})
            boost::asio::co_spawn(io, ask(background(io), command, token), [](std::exception_ptr e) { EXPECT_FALSE(e); });
        while (asked("clients", "blocked_clients") != "1") io.poll_one();
        server.stop();
        boost::asio::co_spawn(io, ask(background(io), "LINDEX", token), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
    }
    server.go_on();

    EXPECT_EQ(token.use_count(), 1);
    expect_client_whole();
}

TEST_F(redis_client, leaves_a_loop_without_work_when_nobody_waits)
{
    boost::asio::io_context io(1);
    auto                    ask = [&](context ctx) -> task<> {
        co_await client->command(ctx, "PING");
        server.stop();
        co_await client->command(with_timeout(ctx, 10ms), nothrow, "PING");
    };
    boost::asio::co_spawn(io, ask(background(io)), [](std::exception_ptr e) { EXPECT_FALSE(e); });

    io.run();  // it returns, though the server owes a reply

    server.go_on();
}

TEST(redis_password, is_sent_on_every_connection)
{
    testing::redis_server server({"--requirepass", "sesame"});
    testing::manual_clock clock;
    testing::test_loop    loop(clock);
    redis::options        settings;
    settings.port     = server.port();
    settings.password = "sesame";
    redis::client client(settings);
    settings.password = "wrong";
    redis::client wrong(settings);

    auto allowed = loop.start(client.command(loop.background(), "BLPOP", "list", 1));
    auto refused = loop.start(wrong.command(loop.background(), "PING"));
    testing::run_until_finished(loop, refused);

    EXPECT_EQ(refused.error(), redis::errc::server);
    try {
        std::rethrow_exception(refused.exception());
    } catch (const std::exception& e) {
        EXPECT_THAT(e.what(), HasSubstr("WRONGPASS"));
    }
    testing::run_until_finished(loop, allowed);
    EXPECT_TRUE(allowed.value().is_nil());
}

}  // namespace
}  // namespace curfew
