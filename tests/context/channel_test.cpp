#include <curfew/channel.hpp>

#include <curfew/cancel_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace curfew {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

class channel_test : public ::testing::Test {
protected:
    template <class T>
    auto send(channel<T>& to, T item)
    {
        return loop.start(to.send(loop.background(), std::move(item)));
    }
    template <class T>
    auto receive(channel<T>& from)
    {
        return loop.start(from.receive(loop.background()));
    }

    manual_clock clock;
    test_loop    loop{clock};
};

TEST_F(channel_test, passes_items_on_in_their_order)
{
    channel<std::string> words(2);
    send(words, std::string("one"));
    send(words, std::string("two"));

    EXPECT_EQ(words.size(), 2u);
    EXPECT_EQ(receive(words).value(), "one");
    EXPECT_EQ(receive(words).value(), "two");
    EXPECT_EQ(words.size(), 0u);
}

TEST_F(channel_test, makes_a_sender_wait_while_it_is_full)
{
    channel<int> numbers(1);
    send(numbers, 1);
    auto second = send(numbers, 2), third = send(numbers, 3);
    EXPECT_FALSE(second.finished());

    EXPECT_EQ(receive(numbers).value(), 1);
    loop.run_ready();

    EXPECT_TRUE(second.finished());
    EXPECT_FALSE(third.finished());
    EXPECT_EQ(receive(numbers).value(), 2);
    EXPECT_EQ(receive(numbers).value(), 3);
}

TEST_F(channel_test, makes_a_receiver_wait_while_it_is_empty)
{
    channel<int> numbers(1);
    auto         first = receive(numbers), second = receive(numbers);
    EXPECT_FALSE(first.finished());

    send(numbers, 1);

    ASSERT_TRUE(first.finished());
    EXPECT_EQ(first.value(), 1);
    EXPECT_FALSE(second.finished());
    send(numbers, 2);
    EXPECT_EQ(second.value(), 2);
}

TEST_F(channel_test, without_capacity_makes_a_sender_wait_for_a_receiver)
{
    channel<int> numbers(0);
    auto         sending = send(numbers, 1);
    EXPECT_FALSE(sending.finished());

    auto received = receive(numbers);

    EXPECT_TRUE(sending.finished());
    EXPECT_EQ(received.value(), 1);
    EXPECT_FALSE(numbers.try_send(2));
}

TEST_F(channel_test, carries_what_can_only_be_moved)
{
    channel<std::unique_ptr<int>> pointers(1);
    send(pointers, std::make_unique<int>(7));

    auto received = receive(pointers);

    EXPECT_EQ(**received.value(), 7);
}

TEST_F(channel_test, gives_what_is_left_and_then_nothing_once_it_is_closed)
{
    channel<int> numbers(2);
    send(numbers, 1);
    auto waiting = receive(numbers), also = receive(numbers);
    send(numbers, 2);
    send(numbers, 3);

    numbers.close();
    numbers.close();

    EXPECT_TRUE(numbers.closed());
    EXPECT_EQ(waiting.value(), 1);
    EXPECT_EQ(also.value(), 2);
    EXPECT_EQ(receive(numbers).value(), 3);
    EXPECT_EQ(receive(numbers).value(), std::nullopt);
}

TEST_F(channel_test, wakes_those_who_wait_when_it_is_closed)
{
    channel<int> empty(1), full(1);
    send(full, 1);
    auto receiving = receive(empty);
    auto sending   = send(full, 2);

    empty.close();
    full.close();
    loop.run_ready();

    EXPECT_EQ(receiving.value(), std::nullopt);
    EXPECT_EQ(sending.error(), boost::system::errc::broken_pipe);
    EXPECT_NE(sending.error(), cond::canceled);
    EXPECT_EQ(send(full, 3).error(), boost::system::errc::broken_pipe);
    EXPECT_EQ(receive(full).value(), 1);
    EXPECT_EQ(receive(full).value(), std::nullopt);
}

TEST_F(channel_test, takes_and_gives_without_a_wait_if_it_can)
{
    channel<int> numbers(1);
    int          first = 1, second = 2;

    EXPECT_EQ(numbers.try_receive(), std::nullopt);
    EXPECT_TRUE(numbers.try_send(std::move(first)));
    EXPECT_FALSE(numbers.try_send(std::move(second)));
    EXPECT_EQ(numbers.try_receive(), 1);
    numbers.close();
    EXPECT_FALSE(numbers.try_send(3));
}

TEST_F(channel_test, moves_up_what_a_sender_waits_with_when_an_item_is_taken_without_a_wait)
{
    channel<int> numbers(1);
    send(numbers, 1);
    auto waiting = send(numbers, 2);

    EXPECT_EQ(numbers.try_receive(), 1);
    loop.run_ready();

    EXPECT_TRUE(waiting.finished());
    EXPECT_EQ(numbers.try_receive(), 2);
}

TEST_F(channel_test, lets_those_go_whose_context_ends)
{
    channel<int> empty(1), full(1);
    send(full, 1);
    auto source    = with_cancel(loop.background());
    auto receiving = loop.start(empty.receive(source.get_context()));
    auto sending   = loop.start(full.send(source.get_context(), 2));

    source.cancel("enough");
    loop.run_ready();

    EXPECT_EQ(receiving.error(), errc::canceled);
    EXPECT_EQ(receiving.cause().text(), "enough");
    EXPECT_EQ(sending.error(), errc::canceled);
    EXPECT_EQ(receive(full).value(), 1);
    EXPECT_FALSE(receive(full).finished()) << "what a canceled sender had is not in the channel";
    full.close();
    loop.run_ready();
}

TEST_F(channel_test, does_not_throw_when_it_is_awaited_with_nothrow)
{
    channel<int> numbers(1);
    const auto   ctx  = with_timeout(loop.background(), 1s);
    auto         body = [&](context c) -> task<> {
        const auto sent          = co_await numbers.send(c, 1, nothrow);
        const auto first         = co_await numbers.receive(c, nothrow);
        const auto second        = co_await numbers.receive(c, nothrow);
        auto& [received, number] = first;
        auto& [late, nothing]    = second;
        EXPECT_FALSE(std::get<0>(sent));
        EXPECT_FALSE(received);
        EXPECT_EQ(number, 1);
        EXPECT_EQ(late, errc::deadline_exceeded);
        EXPECT_EQ(nothing, std::nullopt);
    };
    auto running = loop.start(body(ctx));

    clock.advance(1s);

    EXPECT_TRUE(running.finished());
    EXPECT_FALSE(running.exception());
}

TEST_F(channel_test, puts_an_item_back_in_front_when_its_receiver_is_canceled_in_the_same_tick)
{
    CURFEW_PROVES("O6");
    channel<int> numbers(1);
    auto         source  = with_cancel(loop.background());
    auto         unlucky = loop.start(numbers.receive(source.get_context()));

    asio::post(loop.io(), [&] {
        EXPECT_TRUE(numbers.try_send(1));  // on its way to the receiver
        EXPECT_TRUE(numbers.try_send(2));
        source.cancel();
    });
    loop.run_ready();

    EXPECT_EQ(unlucky.error(), errc::canceled);
    EXPECT_EQ(receive(numbers).value(), 1);
    EXPECT_EQ(receive(numbers).value(), 2);
}

TEST_F(channel_test, gives_an_item_to_the_next_receiver_when_the_first_is_canceled_in_the_same_tick)
{
    CURFEW_PROVES("O6");
    channel<int> numbers(0);
    auto         source  = with_cancel(loop.background());
    auto         unlucky = loop.start(numbers.receive(source.get_context()));
    auto         next    = receive(numbers);

    asio::post(loop.io(), [&] {
        EXPECT_TRUE(numbers.try_send(1));
        source.cancel();
    });
    loop.run_ready();

    EXPECT_EQ(unlucky.error(), errc::canceled);
    EXPECT_EQ(next.value(), 1);
}

TEST_F(channel_test, has_sent_an_item_that_was_taken_before_the_sender_was_canceled)
{
    CURFEW_PROVES("O1");
    channel<int> numbers(0);
    auto         source  = with_cancel(loop.background());
    auto         sending = loop.start(numbers.send(source.get_context(), 1));
    std::optional<int> taken;

    asio::post(loop.io(), [&] {
        taken = numbers.try_receive();
        source.cancel();
    });
    loop.run_ready();

    EXPECT_EQ(taken, 1);
    EXPECT_TRUE(sending.finished());
    EXPECT_FALSE(sending.exception());
}

TEST_F(channel_test, ends_every_wait_when_it_goes)
{
    std::optional<channel<int>> numbers(std::in_place, 1);
    auto                        receiving = receive(*numbers);

    numbers.reset();
    loop.run_ready();

    EXPECT_EQ(receiving.value(), std::nullopt);
}

TEST(channel, destroys_what_is_left_in_it_and_what_waits_when_its_io_context_goes)
{
    const auto item = std::make_shared<int>();
    {
        asio::io_context              io(1);
        const auto                    ctx = background(io);
        channel<std::shared_ptr<int>> items(1);
        auto                          work = [&](context c) -> task<> {
            co_await items.send(c, item);
            co_await items.send(c, item);
        };
        auto both = [&](context c) -> task<> { co_await when_all(c, work, work); };
        asio::co_spawn(io, both(ctx), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
        EXPECT_GT(item.use_count(), 2);
    }

    EXPECT_EQ(item.use_count(), 1);
}

TEST(channel, goes_with_the_coroutine_that_has_it_and_the_tasks_that_wait_in_it_when_the_io_context_goes)
{
    const auto held = std::make_shared<int>();
    {
        asio::io_context io(1);
        auto             owner = [](context c, [[maybe_unused]] std::shared_ptr<int> kept) -> task<> {
            channel<int> mine(0);
            auto         wait = [&](context own) -> task<> { co_await mine.receive(own); };
            co_await when_all(c, wait, wait);
        };
        asio::co_spawn(io, owner(background(io), held), [](std::exception_ptr) { ADD_FAILURE(); });
        io.poll();
    }

    EXPECT_EQ(held.use_count(), 1);
}

TEST(channel, loses_and_doubles_nothing_between_loops_while_receivers_are_canceled)
{
    CURFEW_PROVES("C15", "O6");
    constexpr int             items = 3'000, loops = 2;
    channel<int>              numbers(4);
    std::vector<std::thread>  threads;
    std::vector<std::vector<int>> received(loops);
    for (int l = 0; l < loops; ++l)
        threads.emplace_back([&, l] {
            asio::io_context io(1);
            auto&            mine = received[static_cast<std::size_t>(l)];
            auto             all  = [&](context root) -> task<> {
                for (;;) {
                    auto        source = with_cancel(root);
                    std::thread other([&] { source.cancel(); });
                    for (;;) {
                        const auto got     = co_await numbers.receive(source.get_context(), nothrow);
                        auto& [ec, number] = got;
                        if (ec) break;
                        if (!number) {
                            other.join();
                            co_return;
                        }
                        mine.push_back(*number);
                    }
                    other.join();
                }
            };
            asio::co_spawn(io, all(background(io)), [](std::exception_ptr e) { EXPECT_FALSE(e); });
            io.run();
        });
    asio::io_context io(1);
    auto             produce = [&](context c) -> task<> {
        for (int i = 0; i < items; ++i) co_await numbers.send(c, i);
        numbers.close();
    };
    asio::co_spawn(io, produce(background(io)), [](std::exception_ptr e) { EXPECT_FALSE(e); });
    io.run();
    for (auto& each : threads) each.join();

    std::vector<int> counts(items);
    for (const auto& each : received)
        for (int number : each) ++counts[static_cast<std::size_t>(number)];
    EXPECT_EQ(counts, std::vector<int>(items, 1));
}

}  // namespace
}  // namespace curfew
