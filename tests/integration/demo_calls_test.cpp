// The demo service where it calls other services: /chain, /fanout, /proxy.

#include "demo_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <regex>
#include <set>
#include <string>

namespace curfew {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int gave_up = 28;  // curl's exit code

class demo_calls : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (std::getenv("CURFEW_MINIMAL") && shell("command -v curl").exit_code != 0)
            GTEST_SKIP() << "curl is missing";
    }
};

nlohmann::json body_of(const finished_program& curl)
{
    const auto head = curl.text.find("\r\n\r\n");
    return nlohmann::json::parse(head == std::string::npos ? curl.text : curl.text.substr(head + 4), nullptr, false);
}

TEST_F(demo_calls, shows_how_the_budget_shrinks_from_hop_to_hop)
{
    const demo_service service;

    const auto hops = body_of(service.curl("-H 'x-request-timeout-ms: 2000'", "/chain/3"))["hops"];

    ASSERT_EQ(hops.size(), 4u);
    double                before = 2'000.001;
    int                   number = 3;
    std::set<std::string> traces, spans;
    for (const auto& each : hops) {
        EXPECT_EQ(each["hop"], number--);
        EXPECT_LT(each["budget_ms"], before);
        EXPECT_EQ(each["set_by"], "inbound_header");
        before = each["budget_ms"];
        traces.insert(each["trace_id"]);
        spans.insert(each["span_id"]);
    }
    EXPECT_EQ(traces.size(), 1u);
    EXPECT_EQ(spans.size(), 4u);
}

TEST_F(demo_calls, ends_all_hops_when_the_client_at_the_front_leaves)
{
    demo_service service({"--log-format", "json"});

    EXPECT_EQ(service.curl("-m 0.5", "/chain/3?ms=60000").exit_code, gave_up);

    for (const auto* hop : {"/chain/0", "/chain/1", "/chain/2", "/chain/3"})
        service.wait_for("(" + std::string(hop) + "\\?ms=60000[^\n]*client_gone)");
    EXPECT_TRUE(service.wait_for_inflight(0));
}

TEST_F(demo_calls, answers_504_when_the_deadline_passes_behind_several_hops)
{
    const demo_service service;

    const auto late = service.curl("-i -H 'x-request-timeout-ms: 200'", "/chain/2?ms=60000");

    EXPECT_THAT(late.text, StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
}

TEST_F(demo_calls, refuses_a_chain_that_is_too_long)
{
    const demo_service service;

    EXPECT_THAT(service.curl("-i", "/chain/17").text, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(service.curl("-i", "/chain/x").text, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(demo_calls, makes_several_calls_at_once_under_one_deadline)
{
    const demo_service service;

    const auto calls = body_of(service.curl("", "/fanout/5?ms=20&within=3000"))["calls"];

    ASSERT_EQ(calls.size(), 5u);
    for (const auto& each : calls) {
        EXPECT_EQ(each["hop"], 0);
        EXPECT_LE(each["budget_ms"], 2'995);
    }
    EXPECT_EQ(body_of(service.curl("", "/fanout/0"))["calls"].size(), 0u);
}

TEST_F(demo_calls, cancels_the_other_calls_when_one_fails)
{
    demo_service service({"--log-format", "json"});

    const auto failed = service.curl("-i", "/fanout/3?ms=60000&within=60000&fail=2");

    EXPECT_THAT(failed.text, StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_EQ(body_of(failed)["detail"], "call 2 of 3 answered 404");
    service.wait_for("(/chain/0\\?ms=60000[^\n]*client_gone)");  // of the others, those that had been sent
    EXPECT_TRUE(service.wait_for_inflight(0));
}

TEST_F(demo_calls, ends_all_calls_when_their_own_deadline_passes)
{
    const demo_service service;

    const auto late = service.curl("-i", "/fanout/3?ms=60000&within=100");

    EXPECT_THAT(late.text, StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
    EXPECT_TRUE(service.wait_for_inflight(0));
}

TEST_F(demo_calls, passes_on_what_a_permitted_service_answers)
{
    const demo_service behind;
    const demo_service service({"--proxy-origin", "http://" + behind.address});
    const auto         from = "/proxy?url=http://" + behind.address;

    const auto hello   = service.curl("-i", from + "/hello/ada");
    const auto missing = service.curl("-i", from + "/orders/7");
    const auto large   = service.curl("-o /dev/null -w '%{size_download}'", from + "/big?mb=8");
    const auto head    = service.curl("-I", from + "/hello/ada");

    EXPECT_THAT(hello.text, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(hello.text, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(hello.text, EndsWith("{\"message\":\"hello, ada\"}"));
    EXPECT_THAT(missing.text, StartsWith("HTTP/1.1 404 Not Found\r\n"));
    EXPECT_EQ(large.text, "8388608");
    EXPECT_THAT(head.text, StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(demo_calls, ends_the_request_behind_the_proxy_when_the_client_leaves)
{
    demo_service       behind({"--log-format", "json"});
    const demo_service service({"--proxy-origin", "http://" + behind.address});

    EXPECT_EQ(service.curl("-m 0.3", "/proxy?url=http://" + behind.address + "/slow?ms=60000").exit_code, gave_up);
    EXPECT_EQ(service.curl("-N -m 0.3", "/proxy?url=http://" + behind.address + "/stream?ms=10").exit_code, gave_up);

    behind.wait_for("(/slow[^\n]*client_gone)");
    behind.wait_for("(/stream[^\n]*client_gone)");
}

TEST_F(demo_calls, calls_nobody_who_is_not_permitted)
{
    const demo_service service;

    const auto other = service.curl("-i", "/proxy?url=http://" + service.admin + "/debug/inflight");

    EXPECT_THAT(other.text, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
    EXPECT_EQ(body_of(other)["detail"], "http://" + service.admin + " is no --proxy-origin of this service");
    for (const auto* url : {"", "?url=", "?url=ftp://a/", "?url=/hello/ada", "?url=http://u@127.0.0.1/"})
        EXPECT_THAT(service.curl("-i", std::string("/proxy") + url).text, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << url;
}

TEST_F(demo_calls, answers_502_when_the_service_behind_the_proxy_does_not_answer)
{
    std::string nobody;
    {
        const demo_service gone;
        nobody = gone.address;
    }
    const demo_service service({"--proxy-origin", "http://" + nobody});

    const auto failed = service.curl("-i", "/proxy?url=http://" + nobody + "/");

    EXPECT_THAT(failed.text, StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_EQ(body_of(failed)["detail"], "GET: connect: Connection refused");
}

}  // namespace
}  // namespace curfew
