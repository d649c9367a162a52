#include "origin_pool.hpp"

#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

using namespace curfew;
using namespace std::chrono_literals;
using curfew::detail::io_result;
using curfew::detail::origin_pool;
using curfew::detail::stream_ptr;

namespace {

/// A connection that only knows that it is there.
struct counted_stream final : curfew::detail::client_stream {
    explicit counted_stream(int& n) : open(n) { ++open; }
    ~counted_stream() override { --open; }
    task<io_result> read_some(const context&, boost::asio::mutable_buffer) override { co_return io_result({}, 0); }
    task<io_result> write_some(const context&, boost::asio::const_buffer) override { co_return io_result({}, 0); }
    std::size_t     try_write(boost::asio::const_buffer, boost::system::error_code&) override { return 0; }
    void            cancel() noexcept override {}
    bool            is_quiet() noexcept override { return true; }
    void            close(bool) noexcept override {}

    int& open;
};

struct waiting final : curfew::detail::pool_waiter {
    void on_granted() noexcept override { ++told; }
    int  told = 0;
};

struct pooled {
    explicit pooled(pool_options o = {}) : options(o) {}

    /// Takes a place and connects, if no idle connection came with it.
    stream_ptr take()
    {
        auto taken = pool.try_take(now);
        EXPECT_TRUE(taken);
        return *taken ? std::move(*taken) : make();
    }
    stream_ptr make() { return std::make_unique<counted_stream>(open); }

    int          open = 0;
    time_point   now{1h};
    pool_options options;
    origin_pool  pool{options};
};

pool_options at_most(std::size_t connections)
{
    pool_options options;
    options.connections = connections;
    return options;
}

}  // namespace

TEST(origin_pool, gives_out_as_many_places_as_it_may)
{
    pooled p(at_most(2));
    EXPECT_TRUE(p.pool.try_take(p.now));
    EXPECT_TRUE(p.pool.try_take(p.now));
    EXPECT_FALSE(p.pool.try_take(p.now));

    p.pool.give_up();

    EXPECT_TRUE(p.pool.try_take(p.now));
    EXPECT_EQ(p.pool.taken(), 2u);
}

TEST(origin_pool, gives_the_connection_that_was_used_last)
{
    pooled      p;
    auto        first  = p.take();
    auto        second = p.take();
    auto* const latest = second.get();
    p.pool.give_back(std::move(first), p.now);
    p.pool.give_back(std::move(second), p.now);

    EXPECT_EQ(p.take().get(), latest);
    EXPECT_EQ(p.pool.idle(), 1u);
}

TEST(origin_pool, passes_a_connection_to_whoever_waited_longest)
{
    pooled  p(at_most(1));
    auto    stream = p.take();
    auto*   same   = stream.get();
    waiting first, second;
    ASSERT_TRUE(p.pool.enqueue(first));
    ASSERT_TRUE(p.pool.enqueue(second));

    p.pool.give_back(std::move(stream), p.now);

    EXPECT_EQ(first.told, 1);
    EXPECT_EQ(second.told, 0);
    EXPECT_EQ(first.take().get(), same);
    EXPECT_EQ(p.pool.taken(), 1u);
}

TEST(origin_pool, passes_a_place_whose_connection_is_gone)
{
    pooled  p(at_most(1));
    auto    stream = p.take();
    waiting next;
    p.pool.enqueue(next);
    stream.reset();

    p.pool.give_up();

    ASSERT_TRUE(next.is_granted());
    EXPECT_EQ(next.take(), nullptr);
    EXPECT_EQ(p.pool.taken(), 1u);
}

TEST(origin_pool, passes_on_what_was_granted_to_one_who_withdraws)
{
    CURFEW_PROVES("O6");
    pooled  p(at_most(1));
    auto    stream = p.take();
    auto*   same   = stream.get();
    waiting first, second;
    p.pool.enqueue(first);
    p.pool.enqueue(second);
    p.pool.give_back(std::move(stream), p.now);

    p.pool.withdraw(first, p.now);

    EXPECT_EQ(second.told, 1);
    EXPECT_EQ(second.take().get(), same);
    EXPECT_EQ(p.open, 0);  // `take` handed it over, and it was dropped
}

TEST(origin_pool, keeps_what_was_granted_to_the_last_one_who_withdraws)
{
    pooled  p(at_most(1));
    auto    stream = p.take();
    waiting next;
    p.pool.enqueue(next);
    p.pool.give_back(std::move(stream), p.now);

    p.pool.withdraw(next, p.now);

    EXPECT_EQ(p.pool.taken(), 0u);
    EXPECT_EQ(p.pool.idle(), 1u);
}

TEST(origin_pool, forgets_one_who_leaves_the_line)
{
    pooled  p(at_most(1));
    auto    stream = p.take();
    waiting first, second;
    p.pool.enqueue(first);
    p.pool.enqueue(second);

    p.pool.withdraw(first, p.now);
    p.pool.give_back(std::move(stream), p.now);

    EXPECT_EQ(first.told, 0);
    EXPECT_TRUE(second.is_granted());
    p.pool.withdraw(second, p.now);
}

TEST(origin_pool, bounds_the_line)
{
    auto options    = at_most(1);
    options.waiting = 1;
    pooled  p(options);
    auto    stream = p.take();
    waiting first, second;

    EXPECT_TRUE(p.pool.enqueue(first));
    EXPECT_FALSE(p.pool.enqueue(second));
    p.pool.withdraw(first, p.now);
}

TEST(origin_pool, closes_the_oldest_of_too_many_idle_connections)
{
    pool_options options;
    options.idle = 1;
    pooled      p(options);
    auto        first  = p.take();
    auto        second = p.take();
    auto* const latest = second.get();

    p.pool.give_back(std::move(first), p.now);
    p.pool.give_back(std::move(second), p.now);

    EXPECT_EQ(p.open, 1);
    EXPECT_EQ(p.take().get(), latest);
}

TEST(origin_pool, keeps_nothing_if_none_may_be_idle)
{
    pool_options options;
    options.idle = 0;
    pooled p(options);

    p.pool.give_back(p.take(), p.now);

    EXPECT_EQ(p.open, 0);
    EXPECT_TRUE(p.pool.empty());
}

TEST(origin_pool, closes_what_has_been_idle_for_too_long)
{
    pooled p;
    EXPECT_EQ(p.pool.next_expiry(), time_point::max());
    p.pool.give_back(p.take(), p.now);
    EXPECT_EQ(p.pool.next_expiry(), p.now + 30s);

    p.pool.expire(p.now + 29s);
    EXPECT_EQ(p.open, 1);
    p.pool.expire(p.now + 30s);

    EXPECT_EQ(p.open, 0);
    EXPECT_TRUE(p.pool.empty());
}

TEST(origin_pool, does_not_give_out_what_is_too_old)
{
    pooled p;
    p.pool.give_back(p.take(), p.now);

    EXPECT_EQ(p.pool.take_idle(p.now + 30s), nullptr);
}

TEST(origin_pool, keeps_nothing_once_it_is_closed)
{
    pooled p;
    auto   busy = p.take();
    p.pool.give_back(p.take(), p.now);

    p.pool.close();
    EXPECT_EQ(p.open, 1);
    p.pool.give_back(std::move(busy), p.now);

    EXPECT_EQ(p.open, 0);
    EXPECT_TRUE(p.pool.empty());
}

/// Random acquiring, giving back, breaking, waiting and leaving. Whatever happens, places and connections add up.
TEST(origin_pool, neither_loses_nor_doubles_a_place)
{
    CURFEW_PROVES("O6");
    constexpr std::size_t places = 4;
    for (unsigned seed = 0; seed != 50; ++seed) {
        auto options = at_most(places);
        options.idle = 3;
        pooled                                p(options);
        std::mt19937                          random(seed);
        std::vector<stream_ptr>               busy;
        std::vector<std::unique_ptr<waiting>> line;
        const auto pick = [&](auto& from) { return from.begin() + static_cast<std::ptrdiff_t>(random() % from.size()); };

        for (int step = 0; step != 2000; ++step) {
            p.now += std::chrono::milliseconds(random() % 100);
            switch (random() % 6) {
            case 0:
            case 1:
                if (auto taken = p.pool.try_take(p.now)) {
                    busy.push_back(*taken ? std::move(*taken) : p.make());
                } else {
                    line.push_back(std::make_unique<waiting>());
                    ASSERT_TRUE(p.pool.enqueue(*line.back()));
                }
                break;
            case 2:
                if (busy.empty()) break;
                {
                    auto at = pick(busy);
                    p.pool.give_back(std::move(*at), p.now);
                    busy.erase(at);
                }
                break;
            case 3:
                if (busy.empty()) break;
                busy.erase(pick(busy));
                p.pool.give_up();
                break;
            case 4:
                if (line.empty()) break;
                {
                    auto at = pick(line);  // canceled, granted or not
                    p.pool.withdraw(**at, p.now);
                    line.erase(at);
                }
                break;
            case 5:
                for (auto at = line.begin(); at != line.end();) {
                    if (!(*at)->is_granted()) {
                        ++at;
                        continue;
                    }
                    auto stream = (*at)->take();
                    busy.push_back(stream ? std::move(stream) : p.make());
                    at = line.erase(at);
                }
                break;
            }
            const auto granted = static_cast<std::size_t>(std::ranges::count_if(line, [](auto& w) { return w->is_granted(); }));
            ASSERT_EQ(p.pool.taken(), busy.size() + granted);
            ASSERT_LE(p.pool.taken() + p.pool.idle(), places);
            ASSERT_EQ(p.pool.waiting(), line.size() - granted);
            if (p.pool.waiting() != 0) {
                ASSERT_EQ(p.pool.taken(), places) << "somebody waits for a place that is free";
                ASSERT_EQ(p.pool.idle(), 0u);
            }
        }
        for (auto& each : line) p.pool.withdraw(*each, p.now);
        for (auto& each : busy) p.pool.give_back(std::move(each), p.now);
        busy.clear();
        EXPECT_EQ(p.pool.taken(), 0u);
        EXPECT_EQ(static_cast<std::size_t>(p.open), p.pool.idle());
    }
}
