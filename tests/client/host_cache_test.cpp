#include "host_cache.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/client_error.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using curfew::detail::found_host;
using curfew::detail::host_cache;
using curfew::detail::name_resolver;

namespace {

/// A resolver whose threads answer only while the test waits for them.
class resolving {
public:
    explicit resolving(resolver_options options = {})
        : cache(std::make_shared<host_cache>(
              curfew::detail::loop::of(loop.io()), options,
              std::make_shared<name_resolver>(options.threads, options.waiting,
                                              [state = state_](const std::string& host) { return state->look_up(host); })))
    {
    }
    ~resolving() { state_->answer(); }

    started<host_cache::addresses> resolve(context ctx, std::string host)
    {
        return loop.start(cache->resolve(ctx, std::move(host), "http://origin"));
    }
    /// Lets look-ups end, and waits until `call` has.
    template <class T>
    void finish(const started<T>& call)
    {
        state_->answer();
        const auto until = std::chrono::steady_clock::now() + 5s;
        while (!call.finished() && std::chrono::steady_clock::now() < until) loop.run_ready();
        ASSERT_TRUE(call.finished());
    }
    unsigned asked() const { return state_->asked(); }

    manual_clock                clock;
    test_loop                   loop{clock};

private:
    struct system {
        std::mutex              mutex;
        std::condition_variable changed;
        bool                    open  = false;
        unsigned                count = 0;

        found_host look_up(const std::string& host)
        {
            std::unique_lock lock(mutex);
            ++count;
            changed.wait(lock, [&] { return open; });
            if (host == "nowhere") return {"Name or service not known", {}};
            return {{}, {boost::asio::ip::make_address("192.0.2.1"), boost::asio::ip::make_address("2001:db8::1")}};
        }
        void answer()
        {
            const std::lock_guard lock(mutex);
            open = true;
            changed.notify_all();
        }
        unsigned asked()
        {
            const std::lock_guard lock(mutex);
            return count;
        }
    };
    std::shared_ptr<system> state_ = std::make_shared<system>();

public:
    std::shared_ptr<host_cache> cache;
};

}  // namespace

TEST(host_cache, takes_a_numeric_address_as_it_is)
{
    resolving r;

    auto v4 = r.resolve(r.loop.background(), "127.0.0.1");
    auto v6 = r.resolve(r.loop.background(), "::1");

    EXPECT_EQ(v4.value().front().to_string(), "127.0.0.1");
    EXPECT_EQ(v6.value().front().to_string(), "::1");
    EXPECT_EQ(r.asked(), 0u);
}

TEST(host_cache, asks_and_remembers_for_a_while)
{
    resolving r;
    auto      first = r.resolve(r.loop.background(), "host");
    r.finish(first);

    auto second = r.resolve(r.loop.background(), "host");
    EXPECT_EQ(second.value().size(), 2u);
    EXPECT_EQ(r.asked(), 1u);
    r.clock.advance(10s);
    auto third = r.resolve(r.loop.background(), "host");
    r.finish(third);

    EXPECT_EQ(r.asked(), 2u);
}

TEST(host_cache, shares_one_look_up_among_all_who_ask)
{
    resolving r;
    auto      first  = r.resolve(r.loop.background(), "host");
    auto      second = r.resolve(r.loop.background(), "host");

    r.finish(first);

    EXPECT_TRUE(second.finished());
    EXPECT_EQ(r.asked(), 1u);
}

TEST(host_cache, lets_go_of_one_who_is_canceled_at_once)
{
    resolving r;
    auto      source = with_cancel(r.loop.background());
    auto      first  = r.resolve(source.get_context(), "host");
    auto      second = r.resolve(r.loop.background(), "host");

    source.cancel();
    r.loop.run_ready();

    EXPECT_EQ(first.error(), errc::canceled);  // though the system still thinks
    EXPECT_FALSE(second.finished());
    r.finish(second);
}

TEST(host_cache, keeps_the_result_that_nobody_waited_for)
{
    resolving r;
    auto      limited = r.resolve(with_timeout(r.loop.background(), 1s), "host");
    r.clock.advance(1s);
    EXPECT_EQ(limited.error(), errc::deadline_exceeded);

    auto next = r.resolve(r.loop.background(), "host");
    r.finish(next);

    EXPECT_EQ(r.asked(), 1u);
}

TEST(host_cache, tells_that_there_is_no_such_host_and_asks_again_next_time)
{
    resolving r;
    auto      first = r.resolve(r.loop.background(), "nowhere");
    r.finish(first);
    EXPECT_EQ(first.error(), client_errc::host_not_found);
    try {
        std::rethrow_exception(first.exception());
    } catch (const client_error& error) {
        EXPECT_STREQ(error.what(), "call http://origin: resolve: host not found: Name or service not known");
    }

    auto second = r.resolve(r.loop.background(), "nowhere");
    r.finish(second);

    EXPECT_EQ(r.asked(), 2u);
}

TEST(host_cache, refuses_too_many_look_ups)
{
    resolver_options options;
    options.threads = 1;
    options.waiting = 0;
    resolving r(options);
    auto      first = r.resolve(r.loop.background(), "a");

    auto second = r.resolve(r.loop.background(), "b");

    EXPECT_EQ(second.error(), client_errc::queue_full);
    r.finish(first);
}
