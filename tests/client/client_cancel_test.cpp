#include "calling.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::StartsWith;

namespace {

client_options one_connection()
{
    client_options options;
    options.pool.connections = 1;
    return options;
}

}  // namespace

TEST(client_cancel, before_the_start_asks_nobody)
{
    calling c;
    auto    source = with_cancel(c.background());
    source.cancel("too late");

    auto call = c.get(source.get_context());

    EXPECT_EQ(call.error(), errc::canceled);
    EXPECT_EQ(call.cause().text(), "too late");
    EXPECT_EQ(c.network.size(), 0u);
}

TEST(client_cancel, leaves_the_line)
{
    calling c(one_connection());
    auto    source = with_cancel(c.background());
    auto    first  = c.get(c.background(), "http://service/1");
    auto    second = c.get(source.get_context(), "http://service/2");
    auto    third  = c.get(c.background(), "http://service/3");

    source.cancel();
    c.loop.run_ready();

    EXPECT_EQ(second.error(), errc::canceled);
    c.network[0].take();
    c.network[0].send(ok_hello);
    EXPECT_THAT(c.network[0].take(), StartsWith("GET /3"));
    c.network[0].send(ok_hello);
    EXPECT_EQ(third.value().body, "hello");
    EXPECT_EQ(c.network.size(), 1u);
}

TEST(client_cancel, in_the_tick_of_its_grant_passes_the_connection_on)
{
    CURFEW_PROVES("O6");
    for (const bool cancel_first : {true, false}) {
        calling c(one_connection());
        auto    source = with_cancel(c.background());
        auto    first  = c.get(c.background(), "http://service/1");
        auto    second = c.get(source.get_context(), "http://service/2");
        auto    third  = c.get(c.background(), "http://service/3");
        c.network[0].take();

        if (cancel_first) source.cancel();
        c.network[0].hold_send(ok_hello);
        if (!cancel_first) {
            while (!first.finished()) c.loop.run_one();
            source.cancel();
        }
        c.loop.run_ready();

        EXPECT_EQ(second.error(), errc::canceled);
        EXPECT_THAT(c.network[0].take(), StartsWith("GET /3"));
        c.network[0].send(ok_hello);
        EXPECT_EQ(third.value().body, "hello");
        EXPECT_EQ(c.network.size(), 1u) << "the connection was good, and is lost";
    }
}

TEST(client_cancel, while_connecting_gives_the_place_to_the_next)
{
    calling c(one_connection());
    c.network.slow = true;
    auto source    = with_cancel(c.background());
    auto first     = c.get(source.get_context());
    auto second    = c.get(c.background());

    source.cancel();
    c.loop.run_ready();

    EXPECT_EQ(first.error(), errc::canceled);
    c.network.accept();
    c.network.last().send(ok_hello);
    EXPECT_EQ(second.value().body, "hello");
}

TEST(client_cancel, while_waiting_for_the_head_resets_the_connection)
{
    calling c;
    auto    source = with_cancel(c.background());
    auto    call   = c.get(source.get_context());
    EXPECT_FALSE(c.network[0].closed());

    source.cancel();
    c.loop.run_ready();

    EXPECT_EQ(call.error(), errc::canceled);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_cancel, within_the_head_resets_the_connection)
{
    calling c;
    auto    source = with_cancel(c.background());
    auto    call   = c.get(source.get_context());
    c.network[0].send("HTTP/1.1 200 OK\r\nConte");

    source.cancel();
    c.loop.run_ready();

    EXPECT_EQ(call.error(), errc::canceled);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_cancel, within_the_body_resets_the_connection)
{
    for (const auto begun : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "HTTP/1.1 200 OK\r\n\r\nhe"}) {
        calling c;
        auto    source = with_cancel(c.background());
        auto    call   = c.get(source.get_context());
        c.network[0].send(begun);
        EXPECT_FALSE(call.finished());

        source.cancel();
        c.loop.run_ready();

        EXPECT_EQ(call.error(), errc::canceled);
        EXPECT_TRUE(c.network[0].was_reset());
    }
}

TEST(client_cancel, in_the_tick_of_the_answers_arrival_delivers_or_closes)
{
    CURFEW_PROVES("O1");
    calling c;
    auto    source = with_cancel(c.background());
    auto    call   = c.get(source.get_context());

    c.network[0].hold_send(ok_hello);
    source.cancel();
    c.loop.run_ready();

    ASSERT_TRUE(call.finished());
    EXPECT_EQ(c.network[0].closed(), call.exception() != nullptr);
}

TEST(client_cancel, of_the_coroutine_closes_the_connection)
{
    calling c;
    auto    call = c.get(c.background());

    call.cancel();
    c.loop.run_ready();

    ASSERT_TRUE(call.finished());
    EXPECT_EQ(call.error(), boost::asio::error::operation_aborted);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_cancel, of_a_read_closes_the_connection_though_another_context_goes_on)
{
    calling c;
    auto    source = with_cancel(c.background());
    bool    failed = false;
    auto    body   = [&]() -> task<> {
        auto answer = co_await c.api->get(c.background(), "http://service/");
        try {
            co_await answer.read_all(source.get_context());
        } catch (const context_error&) {
            failed = true;
        }
        EXPECT_TRUE(c.network[0].was_reset());  // at once, not when the answer goes
    };
    auto call = c.loop.start(body());
    c.network[0].send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");

    source.cancel();
    c.loop.run_ready();

    EXPECT_TRUE(call.finished());
    EXPECT_TRUE(failed);
}

TEST(client_cancel, does_not_reach_a_later_call_on_the_same_connection)
{
    calling c;
    auto    source = with_cancel(c.background());
    auto    first  = c.get(source.get_context());
    c.network[0].send(ok_hello);
    auto second = c.get(c.background());

    source.cancel();
    c.loop.run_ready();

    EXPECT_FALSE(second.finished());
    c.network[0].send(ok_hello);
    EXPECT_EQ(second.value().body, "hello");
    EXPECT_EQ(c.network.size(), 1u);
}

/// 1,000 calls through a pool of 4, each canceled, or answered, at a random moment. Afterwards the pool is whole, and no
/// answer was ever given to another request.
TEST(client_cancel, at_random_leaves_the_pool_whole)
{
    CURFEW_PROVES("O6");
    client_options options;
    options.pool.connections = 4;
    calling                                c(options);
    std::mt19937                           random(7);
    struct one {
        cancel_source         source;
        started<whole_answer> call;
        std::string           name;
    };
    std::vector<std::unique_ptr<one>>           calls;
    std::map<std::size_t, std::string>          asked;     // by connection: what has been received and not answered
    std::map<std::size_t, std::string>          answering; // by connection: the rest of an answer
    unsigned                                    begun = 0, answered = 0, canceled = 0;
    const auto serve = [&](std::size_t at) {
        auto& peer = c.network[at];
        if (peer.closed()) return;
        asked[at] += peer.take();
        if (answering[at].empty() && asked[at].find("\r\n\r\n") != std::string::npos) {
            const auto path = asked[at].substr(5, asked[at].find(' ', 5) - 5);
            asked[at].erase(0, asked[at].find("\r\n\r\n") + 4);
            answering[at] = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" + path;
        }
        auto&      rest = answering[at];
        const auto size = std::min<std::size_t>(rest.size(), 1 + random() % 60);
        peer.hold_send(rest.substr(0, size));
        rest.erase(0, size);
    };
    while (begun < 1000 || !calls.empty()) {
        if (begun < 1000 && random() % 2 == 0) {
            const auto name   = "call-" + std::to_string(begun++);
            auto       source = with_cancel(c.background());
            auto       call   = c.get(source.get_context(), "http://service/" + name);
            calls.push_back(std::make_unique<one>(one{std::move(source), std::move(call), name}));
        }
        for (std::size_t at = 0; at != c.network.size(); ++at)
            if (random() % 2 == 0) serve(at);
        if (!calls.empty() && random() % 3 == 0) calls[random() % calls.size()]->source.cancel();
        for (auto turns = random() % 8; turns != 0; --turns) c.loop.run_one();
        if (begun == 1000) c.loop.run_ready();
        std::erase_if(calls, [&](const auto& each) {
            if (!each->call.finished()) return false;
            if (each->call.exception()) {
                EXPECT_EQ(each->call.error(), errc::canceled);
                ++canceled;
            } else {
                EXPECT_EQ(each->call.value().body, each->name);
                ++answered;
            }
            return true;
        });
        ASSERT_LE(c.network.open(), 4u);
    }
    EXPECT_GT(answered, 100u);
    EXPECT_GT(canceled, 100u);

    // Every connection that is left, and every place, is usable.
    std::vector<started<whole_answer>> last;
    for (int i = 0; i != 4; ++i) last.push_back(c.get(c.background(), "http://service/last"));
    for (int i = 0; i != 20; ++i) {
        for (std::size_t at = 0; at != c.network.size(); ++at) serve(at);
        c.loop.run_ready();
    }
    for (auto& each : last) {
        ASSERT_TRUE(each.finished());
        EXPECT_EQ(each.value().body, "last");
    }
    EXPECT_EQ(c.network.open(), 4u);
}
