// A request that crosses three services: the deadline shrinks, the trace stays, and one who leaves at the front ends all.
#include "live_server.hpp"

#include <curfew/client.hpp>
#include <curfew/client_json.hpp>
#include <curfew/json.hpp>
#include <curfew/middleware/tracing.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <string>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

namespace {

/// One of the services. `/` tells of itself and of those behind it; `/wait` waits for the last one, which waits for an hour.
class hop {
public:
    explicit hop(const hop* next) : next_(next ? "http://" + next->live.endpoint() : ""), live(routes()) {}

private:
    router routes()
    {
        router all;
        all.use(tracing()).use(log.recorder());
        all.get("/", [this](context ctx, request) -> task<response> {
            auto hops = nlohmann::json::array();
            hops.push_back({{"left_us", ctx.remaining() ? *ctx.remaining() / 1us : -1}, {"trace", ctx.trace().id_text().view()}});
            if (!next_.empty()) {
                const auto behind = co_await api_.get_json(ctx, next_ + "/");
                for (const auto& each : behind) hops.push_back(each);
            }
            co_return json(status::ok, hops);
        });
        all.get("/wait", [this](context ctx, request) -> task<response> {
            began.set();
            if (next_.empty()) co_await sleep_for(ctx, 1h);
            auto answer = co_await api_.get(ctx, next_ + "/wait");
            co_return text(answer.status(), co_await answer.read_all(ctx));
        });
        return all;
    }

    client      api_;
    std::string next_;

public:
    request_log log;
    event       began;
    live_server live;
};

struct three_hops : ::testing::Test {
    hop last{nullptr}, middle{&last}, front{&middle};
};

}  // namespace

TEST_F(three_hops, share_a_trace_and_a_deadline_that_shrinks)
{
    CURFEW_PROVES("W1", "W6", "T4");
    auto client = front.live.connect();

    client.send("GET / HTTP/1.1\r\nHost: test\r\nx-request-timeout-ms: 2000\r\n"
                "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n");
    const auto answer = client.read_answer();

    ASSERT_THAT(answer, HasSubstr("HTTP/1.1 200 "));
    const auto hops = nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    ASSERT_EQ(hops.size(), 3u);
    int before = 2'000'000;
    for (const auto& each : hops) {
        EXPECT_EQ(each["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
        EXPECT_LT(each["left_us"], before);
        before = each["left_us"].get<int>() - 4'999;  // what each keeps for the way back
    }
}

TEST_F(three_hops, end_together_when_the_one_at_the_front_leaves)
{
    CURFEW_PROVES("D1");
    for (const bool resets : {false, true}) {
        const auto number = resets ? 2u : 1u;
        auto       client = front.live.connect();
        client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n");
        ASSERT_TRUE(last.began.wait(number));

        resets ? client.reset() : client.close();

        const auto at_front = front.log.wait_for(number).at(number - 1).record;
        EXPECT_EQ(at_front.why.how(), resets ? disconnect_how::reset : disconnect_how::fin);
        for (auto* each : {&middle, &last}) {
            const auto record = each->log.wait_for(number).at(number - 1).record;
            EXPECT_EQ(record.outcome, outcome::client_gone);
            EXPECT_EQ(record.why.how(), disconnect_how::reset);
        }
    }
}

TEST_F(three_hops, end_in_time_when_the_deadline_passes_behind_all_of_them)
{
    CURFEW_PROVES("W6", "H1");
    auto client = front.live.connect();
    client.send("GET /wait HTTP/1.1\r\nHost: test\r\nx-request-timeout-ms: 100\r\n\r\n");

    const auto answer = client.read_answer();

    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 504 "));
    EXPECT_THAT(answer, HasSubstr(R"("origin":"x-request-timeout-ms")"));
    for (auto* each : {&front, &middle, &last}) each->log.wait_for(1);
}
