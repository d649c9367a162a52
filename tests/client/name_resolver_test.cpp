#include "name_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>

using namespace std::chrono_literals;
using curfew::detail::ask_system;
using curfew::detail::found_host;
using curfew::detail::name_resolver;

namespace {

constexpr auto guard = 5s;

/// A system's resolver that answers when it is told to.
class stuck_system {
public:
    auto lookup()
    {
        return [this](const std::string& host) {
            std::unique_lock lock(mutex_);
            ++asked_;
            changed_.notify_all();
            changed_.wait(lock, [&] { return open_; });
            return found_host{host, {}};
        };
    }
    bool wait_until_asked(int count)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, guard, [&] { return asked_ >= count; });
    }
    void open()
    {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    int asked()
    {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::mutex              mutex_;
    std::condition_variable changed_;
    int                     asked_ = 0;
    bool                    open_  = false;
};

std::future<found_host> resolve(name_resolver& with, std::string host)
{
    auto promise = std::make_shared<std::promise<found_host>>();
    auto result  = promise->get_future();
    if (!with.resolve(std::move(host), [promise](found_host found) { promise->set_value(std::move(found)); }))
        promise->set_value({"refused", {}});
    return result;
}

}  // namespace

TEST(name_resolver, asks_the_system)
{
    const auto found = ask_system("localhost");

    EXPECT_EQ(found.error, "");
    ASSERT_FALSE(found.addresses.empty());
    EXPECT_TRUE(found.addresses.front().is_loopback());
}

TEST(name_resolver, says_why_there_is_no_address)
{
    EXPECT_NE(ask_system("no-such-host.invalid").error, "");
}

TEST(name_resolver, answers_on_its_threads)
{
    name_resolver resolver(1, 8, [](const std::string& host) { return found_host{"about " + host, {}}; });

    auto first  = resolve(resolver, "a");
    auto second = resolve(resolver, "b");

    ASSERT_EQ(first.wait_for(guard), std::future_status::ready);
    ASSERT_EQ(second.wait_for(guard), std::future_status::ready);
    EXPECT_EQ(first.get().error, "about a");
    EXPECT_EQ(second.get().error, "about b");
}

TEST(name_resolver, uses_no_more_threads_than_it_may_and_bounds_the_line)
{
    auto          system = std::make_shared<stuck_system>();
    name_resolver resolver(2, 1, [system, lookup = system->lookup()](const std::string& host) { return lookup(host); });

    auto first  = resolve(resolver, "a");
    auto second = resolve(resolver, "b");
    ASSERT_TRUE(system->wait_until_asked(2));
    auto third  = resolve(resolver, "c");
    auto fourth = resolve(resolver, "d");

    EXPECT_EQ(fourth.get().error, "refused");
    EXPECT_EQ(system->asked(), 2);
    system->open();
    ASSERT_EQ(third.wait_for(guard), std::future_status::ready);
    EXPECT_EQ(third.get().error, "c");
}

TEST(name_resolver, does_not_wait_for_the_system_when_destroyed)
{
    auto system   = std::make_shared<stuck_system>();
    auto resolver = std::make_unique<name_resolver>(
        1, 8, [system, lookup = system->lookup()](const std::string& host) { return lookup(host); });
    auto first  = resolve(*resolver, "a");
    auto second = resolve(*resolver, "b");
    ASSERT_TRUE(system->wait_until_asked(1));

    resolver.reset();

    system->open();
    EXPECT_EQ(first.wait_for(guard), std::future_status::ready);
    EXPECT_THROW(second.get(), std::future_error);  // never asked
}
