#include "client_core.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/client.hpp>
#include <curfew/detail/wait_point.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace curfew;
using curfew::detail::client_connector;
using curfew::detail::client_core;
using curfew::detail::client_stream;
using curfew::detail::io_result;

namespace {

/// What both sides of such a connection share.
struct answering_pipe {
    explicit answering_pipe(curfew::detail::loop& on) : loop(on), reader(on.executor()) {}
    curfew::detail::loop&      loop;
    curfew::detail::wait_point reader;
    std::string                answer;
};

/// A connection that answers each request with its own path, after a few turns of the loop.
class answering_stream final : public client_stream {
public:
    explicit answering_stream(curfew::detail::loop& on) : pipe_(std::make_shared<answering_pipe>(on)) {}

    task<io_result> read_some(const context& ctx, boost::asio::mutable_buffer into) override
    {
        const auto pipe = pipe_;
        while (pipe->answer.empty()) {
            const auto waited = co_await pipe->reader.wait(bind_context(ctx, nothrow));
            if (std::get<0>(waited)) co_return io_result(std::get<0>(waited), 0);
        }
        const auto size = std::min<std::size_t>(into.size(), pipe->answer.size());
        std::memcpy(into.data(), pipe->answer.data(), size);
        pipe->answer.erase(0, size);
        co_return io_result({}, size);
    }
    task<io_result> write_some(const context&, boost::asio::const_buffer) override
    {
        co_return io_result(boost::asio::error::broken_pipe, 0);
    }
    std::size_t try_write(boost::asio::const_buffer from, boost::system::error_code& error) override
    {
        error = {};
        const std::string_view request(static_cast<const char*>(from.data()), from.size());
        const auto             path = std::string(request.substr(5, request.find(' ', 5) - 5));
        answer_later(pipe_, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" + path, 3);
        return from.size();
    }
    void cancel() noexcept override {}
    bool is_quiet() noexcept override { return pipe_->answer.empty(); }
    void close(bool) noexcept override {}

    const std::shared_ptr<answering_pipe>& pipe() const noexcept { return pipe_; }

private:
    static void answer_later(std::shared_ptr<answering_pipe> to, std::string answer, int turns)
    {
        auto& loop = to->loop;
        boost::asio::post(loop.executor(), [to = std::move(to), answer = std::move(answer), turns]() mutable {
            if (turns != 0) return answer_later(std::move(to), std::move(answer), turns - 1);
            to->answer = std::move(answer);
            to->reader.wake();
        });
    }

    std::shared_ptr<answering_pipe> pipe_;
};

class answering_connector final : public client_connector {
public:
    explicit answering_connector(curfew::detail::loop& on) : loop_(on) {}
    task<curfew::detail::stream_ptr> connect(const context&, const curfew::detail::origin&) override
    {
        auto stream = std::make_unique<answering_stream>(loop_);
        pipes_.push_back(stream->pipe());
        co_return stream;
    }
    void abandon() noexcept override
    {
        for (const auto& each : std::exchange(pipes_, {}))
            if (const auto pipe = each.lock()) pipe->reader.abandon();
    }

private:
    curfew::detail::loop&                          loop_;
    std::vector<std::weak_ptr<answering_pipe>> pipes_;
};

/// Contexts that another thread may cancel.
class cancelable {
public:
    context derive(const context& from)
    {
        const std::lock_guard lock(mutex_);
        sources_.push_back(with_cancel(from));
        return sources_.back().get_context();
    }
    void cancel_one(std::mt19937& random)
    {
        const std::lock_guard lock(mutex_);
        if (!sources_.empty()) sources_[random() % sources_.size()].cancel();
    }

private:
    std::mutex                 mutex_;
    std::vector<cancel_source> sources_;
};

}  // namespace

/// Loops on threads of their own call through one client, while another thread cancels what they do.
TEST(client_threads, share_a_client_but_nothing_else)
{
    CURFEW_PROVES("O3");
    constexpr int   loops = 3, callers = 8, calls = 100;
    client_options  options;
    options.pool.connections = 4;
    std::optional<client> api(std::in_place, std::make_shared<client_core>(options, [](curfew::detail::loop& on) {
        return std::make_unique<answering_connector>(on);
    }));
    std::vector<std::unique_ptr<boost::asio::io_context>> ios;
    cancelable                                            contexts;
    std::atomic<int>                                      answered = 0, canceled = 0, wrong = 0, running = loops;
    for (int i = 0; i != loops; ++i) ios.push_back(std::make_unique<boost::asio::io_context>(1));

    auto caller = [&](context root, int name) -> task<> {
        for (int i = 0; i != calls; ++i) {
            const auto path = std::to_string(name) + "-" + std::to_string(i);
            const auto ctx  = contexts.derive(root);
            try {
                auto answer = co_await api->get(ctx, "http://service/" + path);
                wrong += co_await answer.read_all(ctx) != path;
                ++answered;
            } catch (const context_error&) {
                ++canceled;
            }
        }
    };
    std::vector<std::jthread> threads;
    for (auto& io : ios) {
        for (int i = 0; i != callers; ++i)
            boost::asio::co_spawn(*io, caller(background(*io), i), [&](std::exception_ptr error) { wrong += error != nullptr; });
        threads.emplace_back([&running, &io = *io] {
            io.run();
            --running;
        });
    }
    std::mt19937 random(7);
    while (running != 0) {
        contexts.cancel_one(random);
        std::this_thread::yield();
    }
    threads.clear();

    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(answered + canceled, loops * callers * calls);
    api.reset();  // on a thread that runs none of the loops, which still have idle connections
    for (auto& io : ios) {
        io->restart();
        io->run();
    }
}

TEST(client_threads, may_destroy_a_client_while_another_thread_calls_through_it)
{
    for (int round = 0; round != 20; ++round) {
        boost::asio::io_context io(1);
        std::optional<client>   api(std::in_place, std::make_shared<client_core>(client_options(), [](curfew::detail::loop& on) {
            return std::make_unique<answering_connector>(on);
        }));
        std::atomic<bool>       begun = false;
        int                     answered = 0;
        auto caller = [&](context ctx) -> task<> {
            auto first  = api->get(ctx, "http://service/1");
            auto second = api->get(ctx, "http://service/2");
            begun       = true;
            for (auto* each : {&first, &second}) {
                auto answer = co_await std::move(*each);
                co_await answer.read_all(ctx);
                ++answered;
            }
        };
        boost::asio::co_spawn(io, caller(background(io)), [](std::exception_ptr) {});
        std::jthread thread([&] { io.run(); });
        while (!begun) std::this_thread::yield();

        api.reset();
        thread.join();

        EXPECT_EQ(answered, 2);
    }
}

TEST(client_threads, may_destroy_a_loop_before_the_client)
{
    client_options options;
    options.pool.connections = 1;
    client api(std::make_shared<client_core>(options, [](curfew::detail::loop& on) {
        return std::make_unique<answering_connector>(on);
    }));
    for (const int turns : {0, 1, 2, 4, 100}) {
        boost::asio::io_context io(1);
        auto                    caller = [&](context ctx) -> task<> { co_await api.get(ctx, "http://service/1"); };
        for (int i = 0; i != 3; ++i)  // one has the connection, the others wait for it
            boost::asio::co_spawn(io, caller(background(io)), [](std::exception_ptr) {});
        for (int i = 0; i != turns; ++i) io.run_one();
    }
}

TEST(client_threads, may_destroy_a_loop_that_waits_for_a_name)
{
    client api;
    for (const int turns : {0, 1, 2}) {
        boost::asio::io_context io(1);
        auto                    caller = [&](context ctx) -> task<> { co_await api.get(ctx, "http://no-such-host.invalid/"); };
        boost::asio::co_spawn(io, caller(background(io)), [](std::exception_ptr) {});
        for (int i = 0; i != turns; ++i) io.run_one_for(std::chrono::milliseconds(1));
    }
}
