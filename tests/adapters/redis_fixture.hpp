// A client of a private server, on a loop whose clock the test turns.
#pragma once

#include "redis_server.hpp"
#include "run_until.hpp"

#include <curfew/adapters/redis.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace curfew::testing {

class redis_fixture : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (!server.running()) GTEST_SKIP() << "redis-server is missing";
    }
    redis::options settings() const
    {
        redis::options made;
        made.port = server.port();
        return made;
    }
    void open(redis::options made) { client = std::make_unique<redis::client>(std::move(made)); }
    ~redis_fixture() override
    {
        client.reset();
        loop.run_ready();
    }

    template <class T>
    T run(task<T> body)
    {
        auto one = loop.start(std::move(body));
        if (!run_until_finished(loop, one)) throw std::runtime_error("it does not end");
        if (one.exception()) std::rethrow_exception(one.exception());
        if constexpr (!std::is_void_v<T>) return std::move(one.value());
    }
    /// Asks the server on a connection of another client, so that nothing of the tested one is in the way.
    std::string asked(const std::string& section, const std::string& name)
    {
        const auto info = run(other.command(root, "INFO", section)).text();
        const auto at   = info.find(name + ":") + name.size() + 1;
        return info.substr(at, info.find('\r', at) - at);
    }
    bool wait_until_blocked(const std::string& clients)
    {
        return run_until(loop, [&] { return asked("clients", "blocked_clients") == clients; });
    }
    /// The shared connection and those of blocking commands work, and give everybody their own replies.
    void expect_client_whole()
    {
        EXPECT_EQ(run(client->command(root, "ECHO", "mine")).text(), "mine");
        run(client->command(root, "RPUSH", "whole", "value"));
        EXPECT_EQ(run(client->command(root, "BLPOP", "whole", 0))[1].text(), "value");
        EXPECT_TRUE(wait_until_blocked("0"));
    }

    redis_server                   server;
    manual_clock                   clock;
    test_loop                      loop{clock};
    context                        root = loop.background();
    redis::client                  other{settings()};
    std::unique_ptr<redis::client> client = std::make_unique<redis::client>(settings());
};

}  // namespace curfew::testing
