// What waits when its io_context is destroyed, beside a cancellation signal of the user's own.
#include <curfew/bind_context.hpp>
#include <curfew/context.hpp>
#include <curfew/semaphore.hpp>
#include <curfew/sleep.hpp>
#include <curfew/when_all.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace curfew {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// An operation that completes with an error or not at all, and the signal that could cancel it.
class io_context_end_test : public ::testing::Test {
protected:
    io_context_end_test() : io(std::in_place, 1) {}

    /// A completion token that owns something until it is called or destroyed, and what it waits for if that is given.
    auto token(std::shared_ptr<void> also = nullptr)
    {
        return asio::bind_cancellation_slot(signal->slot(),
                                            [held = held, also](auto&&...) { ADD_FAILURE() << "completed"; });
    }
    void wait_for_a_timer()
    {
        auto timer = std::make_shared<asio::steady_timer>(*io, 1h);
        timer->async_wait(bind_context(background(*io), token(timer)));
        io->poll();
    }

    std::optional<asio::io_context>          io;
    std::optional<asio::cancellation_signal> signal{std::in_place};
    const std::shared_ptr<int>               held = std::make_shared<int>();
};

TEST_F(io_context_end_test, drops_a_bound_operation_whose_signal_has_gone_before)
{
    wait_for_a_timer();

    signal.reset();
    io.reset();

    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(io_context_end_test, leaves_nothing_of_a_bound_operation_in_a_signal_that_stays)
{
    wait_for_a_timer();

    io.reset();
    signal->emit(asio::cancellation_type::terminal);

    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(io_context_end_test, drops_a_sleep_whose_signal_has_gone_before)
{
    sleep_for(background(*io), 1h, token());
    io->poll();

    signal.reset();
    io.reset();

    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(io_context_end_test, leaves_nothing_of_a_sleep_in_a_signal_that_stays)
{
    sleep_for(background(*io), 1h, token());
    io->poll();

    io.reset();
    signal->emit(asio::cancellation_type::terminal);

    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(io_context_end_test, drops_a_wait_for_a_permit_whose_signal_has_gone_before)
{
    semaphore limit(0);
    limit.acquire(background(*io), token());
    io->poll();

    signal.reset();
    io.reset();

    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(limit.waiting(), 0u);
}

TEST_F(io_context_end_test, drops_children_and_who_joins_them_whose_signal_has_gone_before)
{
    auto wait = [held = held](context c) -> task<> { co_await sleep_for(c, 1h); };
    asio::co_spawn(*io, when_all(background(*io), wait), token());
    io->poll();

    signal.reset();
    io.reset();

    EXPECT_EQ(held.use_count(), 2);  // the one in `wait`
}

}  // namespace
}  // namespace curfew
