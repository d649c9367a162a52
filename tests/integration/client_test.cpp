#include "live_server.hpp"
#include "run_on_loop.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/client.hpp>
#include <curfew/client_json.hpp>
#include <curfew/json.hpp>
#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>
#include <curfew/task_group.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/when_all.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <random>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::AnyOf;

namespace {

std::string url(const live_server& server, std::string_view target)
{
    return "http://" + server.endpoint() + std::string(target);
}

/// A service whose handlers tell a test what happens to them.
class service {
public:
    explicit service(server_options options = {}) : live(routes(), std::move(options)) {}

    std::string url(std::string_view target) const { return ::url(live, target); }

    request_log           log;
    event                 waiting;  ///< A handler waits for something that does not come.
    std::atomic<unsigned> served = 0;

private:
    router routes()
    {
        router all;
        all.use(log.recorder());
        all.get("/hello/{name}", [this](context, request req) {
            ++served;
            return text(status::ok, "hello, " + req.path_param("name"));
        });
        all.get("/user", [](context, request) { return json(status::ok, {{"id", 7}}); });
        all.get("/budget", [](context ctx, request) {
            const auto left = ctx.remaining();
            return text(status::ok, left ? std::to_string(std::chrono::ceil<std::chrono::milliseconds>(*left).count()) : "none");
        });
        all.get("/trace", [](context, request req) { return text(status::ok, std::string(req.header("traceparent").value_or("none"))); });
        all.get("/wait", [this](context ctx, request) -> task<response> {
            waiting.set();
            co_await sleep_for(ctx, 1h);
            co_return text(status::ok, "too late");
        });
        all.get("/pause/{ms}", [](context ctx, request req) -> task<response> {
            co_await sleep_for(ctx, std::chrono::milliseconds(req.path_param_as<unsigned>("ms")));
            co_return text(status::ok, req.query("name"));
        });
        all.get("/drip", [this](context, request) -> task<response> {
            auto begin = [this](context ctx, body_writer& out) -> task<void> {
                co_await out.write(ctx, "begun");
                waiting.set();
                co_await sleep_for(ctx, 1h);
            };
            co_return stream_response(status::ok, content_types::text, begin);
        });
        all.get("/large", [](context, request) { return text(status::ok, std::string(3'000'000, 'x')); });
        all.post("/count", [](context ctx, request req) -> task<response> {
            std::array<char, 4096> some;
            std::size_t            count = 0;
            while (const auto size = co_await req.read_some(ctx, boost::asio::buffer(some))) count += size;
            co_return text(status::ok, std::to_string(count));
        }, {.body_limit = 10'000'000});
        all.post("/swallow", [this](context ctx, request) -> task<response> {
            waiting.set();
            co_await sleep_for(ctx, 1h);
            co_return no_content();
        }, {.body_limit = 1'000'000'000});
        return all;
    }

public:
    live_server live;
};

/// What `f` throws.
template <class F>
task<error_code> error_of(F& f)
{
    try {
        co_await f();
    } catch (const boost::system::system_error& error) {
        co_return error.code();
    }
    co_return error_code();
}

/// Cancels `call(context)` once a handler of the service waits, and gives what it ends with.
template <class F>
task<error_code> canceled_once_waiting(context ctx, service& service, F& call)
{
    auto       source  = with_cancel(ctx);
    const auto inner   = source.get_context();
    error_code error;
    auto       guarded = [&] { return call(inner); };
    auto       calls   = [&](context) -> task<> { error = co_await error_of(guarded); };
    auto       cancels = [&](context c) -> task<> {
        while (!service.waiting.is_set()) co_await sleep_for(c, 1ms);
        source.cancel("changed our mind");
    };
    co_await when_all(ctx, calls, cancels);
    co_return error;
}

}  // namespace

TEST(client_over_tcp, gets_an_answer)
{
    service service;
    client  api;
    auto    body = [&](context ctx) -> task<> {
        auto answer = co_await api.get(ctx, service.url("/hello/ada"));
        EXPECT_EQ(answer.status(), status::ok);
        EXPECT_EQ(co_await answer.read_all(ctx), "hello, ada");
        const auto user = co_await api.get_json(ctx, service.url("/user"));
        EXPECT_EQ(user["id"], 7);
    };
    run_on_loop(body);
}

TEST(client_over_tcp, serves_many_calls_on_one_connection)
{
    server_options options;
    options.limits.connections = 1;
    service service(options);
    client  api;
    auto    body = [&](context ctx) -> task<> {
        for (int i = 0; i != 100; ++i) {
            auto answer = co_await api.get(ctx, service.url("/hello/" + std::to_string(i)));
            EXPECT_EQ(co_await answer.read_all(ctx), "hello, " + std::to_string(i));
        }
    };
    run_on_loop(body);
}

TEST(client_over_tcp, reads_and_sends_large_bodies)
{
    service service;
    client  api;
    auto    body = [&](context ctx) -> task<> {
        auto large = co_await api.get(ctx, service.url("/large"));
        EXPECT_EQ((co_await large.read_all(ctx)).size(), 3'000'000u);
        auto sent = co_await api.post(ctx, service.url("/count"), std::string(3'000'000, 'x'), "text/plain");
        EXPECT_EQ(co_await sent.read_all(ctx), "3000000");

        auto produce = [](context c, body_writer& out) -> task<void> {
            for (int i = 0; i != 300; ++i) co_await out.write(c, std::string(10'000, 'x'));
        };
        auto request  = client_request(method::post, service.url("/count")).stream(produce, "text/plain");
        auto streamed = co_await api.send(ctx, std::move(request));
        EXPECT_EQ(co_await streamed.read_all(ctx), "3000000");
    };
    run_on_loop(body);
}

TEST(client_over_tcp, reads_the_refusal_of_a_body_that_is_too_large)
{
    service service;
    client  api;
    auto    body = [&](context ctx) -> task<> {
        auto produce = [](context c, body_writer& out) -> task<void> {
            for (;;) co_await out.write(c, std::string(10'000, 'x'));
        };
        auto request = client_request(method::post, service.url("/count")).stream(produce, "text/plain");
        auto refused = co_await api.send(ctx, std::move(request));
        EXPECT_EQ(refused.status(), status::content_too_large);
        auto after = co_await api.get(ctx, service.url("/hello/ada"));
        EXPECT_EQ(after.status(), status::ok);
    };
    run_on_loop(body);
}

TEST(client_over_tcp, names_phase_and_origin_when_nobody_listens)
{
    std::string nobody;
    {
        service service;
        nobody = service.url("/");
    }
    client                      api;
    std::optional<client_error> failure;
    auto                        body = [&](context ctx) -> task<> {
        try {
            co_await api.get(ctx, nobody);
        } catch (const client_error& error) {
            failure = error;
        }
    };
    run_on_loop(body);

    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->phase(), call_phase::connect);
    EXPECT_EQ(failure->code(), boost::system::errc::connection_refused);
    EXPECT_EQ(failure->what(), "call " + nobody.substr(0, nobody.size() - 1) + ": connect: Connection refused");
}

TEST(client_over_tcp, calls_a_host_by_its_name)
{
    service    service;
    client     api;
    const auto port = service.live.endpoint().substr(service.live.endpoint().rfind(':'));
    auto       body = [&](context ctx) -> task<> {
        auto answer = co_await api.get(ctx, "http://localhost" + port + "/hello/ada");
        EXPECT_EQ(answer.status(), status::ok);
    };
    run_on_loop(body);
}

// ---- what reaches the other side

TEST(client_over_tcp, gives_the_other_side_less_than_is_left)
{
    CURFEW_PROVES("W1", "W6");
    service service;
    client  api;
    auto    body = [&](context ctx) -> task<> {
        auto limited = co_await api.get(with_timeout(ctx, 2s), service.url("/budget"));
        EXPECT_LE(std::stoi(co_await limited.read_all(ctx)), 1995);
        auto trace = co_await api.get(with_trace(ctx, trace_context::generate()), service.url("/trace"));
        EXPECT_NE(co_await trace.read_all(ctx), "none");
    };
    run_on_loop(body);
}

TEST(client_over_tcp, ends_the_work_of_the_other_side_when_canceled)
{
    CURFEW_PROVES("D1");
    for (const auto target : {"/wait", "/drip"}) {
        service service;
        client  api;
        auto    call = [&](context ctx) -> task<> {
            auto answer = co_await api.get(ctx, service.url(target));
            co_await answer.read_all(ctx);
        };
        auto body = [&](context ctx) -> task<> { EXPECT_EQ(co_await canceled_once_waiting(ctx, service, call), errc::canceled); };
        run_on_loop(body);

        const auto record = service.log.wait_for(1).front().record;
        EXPECT_EQ(record.outcome, outcome::client_gone) << target;
        EXPECT_EQ(record.why.how(), disconnect_how::reset) << target;
    }
}

TEST(client_over_tcp, ends_the_work_of_the_other_side_while_its_request_is_being_sent)
{
    service service;
    client  api;
    auto    call = [&](context ctx) -> task<> {
        auto produce = [](context c, body_writer& out) -> task<void> {
            for (;;) co_await out.write(c, std::string(100'000, 'x'));  // nobody reads it, so this gets stuck
        };
        auto request = client_request(method::post, service.url("/swallow")).stream(produce, "text/plain");
        co_await api.send(ctx, std::move(request));
    };
    auto body = [&](context ctx) -> task<> { EXPECT_EQ(co_await canceled_once_waiting(ctx, service, call), errc::canceled); };
    run_on_loop(body);

    EXPECT_EQ(service.log.wait_for(1).front().record.outcome, outcome::client_gone);
}

TEST(client_over_tcp, passes_the_deadline_in_flight)
{
    CURFEW_PROVES("W1");
    service service;
    client  api;
    auto    body = [&](context ctx) -> task<> {
        auto limited = with_timeout(ctx, 100ms);
        auto call    = [&]() -> task<> {
            auto answer = co_await api.get(limited, service.url("/wait"));
            EXPECT_EQ(answer.status(), status::gateway_timeout);  // the other side's budget ends a little before ours
            throw context_error(limited.cause());
        };
        EXPECT_THAT(co_await error_of(call), AnyOf(error_code(errc::deadline_exceeded), error_code(errc::canceled)));
    };
    run_on_loop(body);

    EXPECT_THAT(service.log.wait_for(1).front().record.outcome, AnyOf(outcome::deadline, outcome::client_gone));
}

// ---- when things break

TEST(client_over_tcp, is_canceled_while_connecting)
{
    // A listener whose queue is full: the kernel drops what asks for more.
    const int   listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family      = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size     = sizeof at;
    ::bind(listener, reinterpret_cast<sockaddr*>(&at), size);
    ::listen(listener, 0);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
    const int queued = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::connect(queued, reinterpret_cast<sockaddr*>(&at), size), 0);
    const auto full = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/";

    client_options options;
    options.timeouts.connect = 50ms;
    client limited(options), api;
    auto   body = [&](context ctx) -> task<> {
        auto by_context = [&]() -> task<> { co_await api.get(with_timeout(ctx, 20ms), full); };
        EXPECT_EQ(co_await error_of(by_context), errc::deadline_exceeded);
        auto by_option = [&]() -> task<> { co_await limited.get(ctx, full); };
        EXPECT_EQ(co_await error_of(by_option), client_errc::timed_out);
    };
    run_on_loop(body);
    ::close(queued);
    ::close(listener);
}

TEST(client_over_tcp, notices_that_the_other_side_died)
{
    std::optional<service> service(std::in_place);
    client                 api;
    auto                   body = [&](context ctx) -> task<> {
        auto call = [&]() -> task<> {
            auto answer = co_await api.get(ctx, service->url("/drip"));
            co_await answer.read_all(ctx);
        };
        auto die = [&](context) -> task<> {
            while (!service->waiting.is_set()) co_await sleep_for(ctx, 1ms);
            service->live.server().stop();
        };
        auto both = [&](task_group& group, context) -> task<> {
            group.start(die);
            EXPECT_THAT(co_await error_of(call), AnyOf(error_code(client_errc::truncated), error_code(boost::asio::error::connection_reset)));
        };
        co_await with_task_group(ctx, both);
    };
    server_options options;
    options.drain.limit = 0ms;
    service.emplace(options);
    run_on_loop(body);
}

TEST(client_over_tcp, survives_a_restart_of_the_other_side)
{
    std::optional<service> service(std::in_place);
    const auto             endpoint = service->live.endpoint();
    client                 api;
    auto                   body = [&](context ctx) -> task<> {
        for (int round = 0; round != 3; ++round) {
            auto answer = co_await api.get(ctx, service->url("/hello/ada"));
            EXPECT_EQ(co_await answer.read_all(ctx), "hello, ada");
            service.reset();
            server_options options;
            options.listen = {endpoint};
            service.emplace(options);
        }
    };
    run_on_loop(body);
}

// ---- the pool

/// 1,000 calls through a pool of 4, canceled after a random while. Afterwards the pool is whole, every connection is usable,
/// and no answer was ever given to another request.
TEST(client_over_tcp, keeps_its_pool_whole_through_random_cancels)
{
    CURFEW_PROVES("O6");
    client_options options;
    options.pool.connections = 4;
    service  service;
    client   api(options);
    unsigned answered = 0, canceled = 0;
    auto     body = [&](context ctx) -> task<> {
        std::mt19937 random(7);
        auto         one = [&](context c, int number) -> task<> {
            const auto name    = std::to_string(number);
            const auto pause   = std::to_string(random() % 3);
            const auto limited = with_timeout(c, std::chrono::microseconds(2'500 + random() % 30'000));
            try {
                auto answer = co_await api.get(limited, service.url("/pause/" + pause + "?name=" + name));
                EXPECT_THAT(answer.status(), AnyOf(status::ok, status::gateway_timeout));
                const auto text = co_await answer.read_all(limited);
                if (answer.ok()) {
                    EXPECT_EQ(text, name);
                    ++answered;
                } else {
                    ++canceled;
                }
            } catch (const context_error&) {
                ++canceled;
            } catch (const client_error& error) {
                EXPECT_EQ(error.code(), client_errc::insufficient_budget);
                ++canceled;
            }
        };
        auto all = [&](task_group& group, context) -> task<> {
            group.limit(12);
            for (int i = 0; i != 1000; ++i) group.start(one, i);
            co_return;
        };
        co_await with_task_group(ctx, all);

        auto last = [&](task_group& group, context) -> task<> {
            auto again = [&](context c, int number) -> task<> {
                auto answer = co_await api.get(c, service.url("/hello/" + std::to_string(number)));
                EXPECT_EQ(co_await answer.read_all(c), "hello, " + std::to_string(number));
            };
            for (int i = 0; i != 8; ++i) group.start(again, i);
            co_return;
        };
        co_await with_task_group(ctx, last);
    };
    run_on_loop(body);
    EXPECT_EQ(answered + canceled, 1000u);
    EXPECT_GT(answered, 0u);
    EXPECT_GT(canceled, 0u);
}

TEST(client_over_tcp, may_go_before_and_after_its_loop)
{
    service service;
    auto    api = std::make_unique<client>();
    for (const bool first : {false, true}) {
        auto io   = std::make_unique<boost::asio::io_context>(1);
        auto body = [&](context ctx) -> task<> { co_await api->get(ctx, service.url("/hello/ada")); };
        boost::asio::co_spawn(*io, body(background(*io)), [](std::exception_ptr error) { EXPECT_EQ(error, nullptr); });
        io->run();
        if (first)
            api.reset();
        else
            io.reset();
    }
}

TEST(client_over_tcp, does_not_keep_its_loop_running)
{
    service                 service;
    client                  api;
    boost::asio::io_context io(1);
    auto body = [&](context ctx) -> task<> { co_await api.get(ctx, service.url("/hello/ada")); };
    boost::asio::co_spawn(io, body(background(io)), [](std::exception_ptr error) { EXPECT_EQ(error, nullptr); });

    io.run_for(std::chrono::milliseconds(raw_client::guard_ms));

    EXPECT_TRUE(io.stopped());  // it ran out of work, though a connection is idle for another half minute
}
