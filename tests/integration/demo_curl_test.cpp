// What a newcomer types, with the real curl and the real curfew-demo.

#include "demo_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <regex>
#include <string>

namespace curfew {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int gave_up = 28;  // curl's exit code

class demo_curl : public testing::Test {
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

TEST_F(demo_curl, lists_what_there_is_to_try)
{
    const demo_service service;

    const auto page = service.curl("-i", "/");

    EXPECT_THAT(page.text, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(page.text, HasSubstr("curl -m 0.5 'http://" + service.address + "/slow?ms=10000'"));
}

TEST_F(demo_curl, prints_the_first_three_commands_when_it_starts)
{
    const demo_service service;

    for (const auto* target : {"/hello/ada", "/slow?ms=10000'\n# 504", "/slow?ms=10000'\n\n"})
        EXPECT_THAT(service.text(), HasSubstr("http://" + service.address + target));
}

TEST_F(demo_curl, greets)
{
    const demo_service service;

    const auto answer = service.curl("-i", "/hello/ada%20l");

    EXPECT_THAT(answer.text, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(body_of(answer), (nlohmann::json{{"message", "hello, ada l"}}));
    std::smatch trace;
    ASSERT_TRUE(std::regex_search(answer.text, trace, std::regex("\r\ntraceparent: 00-([0-9a-f]{32})-[0-9a-f]{16}-0[0-3]\r\n")));
    EXPECT_THAT(answer.text, HasSubstr("\r\nx-request-id: " + trace.str(1) + "\r\n"));
    EXPECT_THAT(answer.text, ContainsRegex("\r\nserver-timing: total;dur=[0-9.]+\r\n"));
}

TEST_F(demo_curl, logs_at_once_why_a_request_ended_when_its_client_gives_up)
{
    demo_service service;

    EXPECT_EQ(service.curl("-m 0.5", "/slow?ms=10000").exit_code, gave_up);

    service.wait_for(R"(GET "/slow\?ms=10000" 499 client_gone [0-9.]+ms 0B .*)"
                     R"(cause="client_disconnected \(fin\) after [^"]*" quiet=[0-9.]+ms stopped=1\n)");
}

TEST_F(demo_curl, counts_the_requests_in_flight)
{
    const demo_service service;
    EXPECT_EQ(service.inflight(), 0);
    {
        const program waiting({"/bin/sh", "-c", "exec curl -s 'http://" + service.address + "/slow?ms=60000'"});
        EXPECT_TRUE(service.wait_for_inflight(1));
    }

    EXPECT_TRUE(service.wait_for_inflight(0));
}

TEST_F(demo_curl, lets_a_request_finish_when_it_is_told_to_end)
{
    demo_service service;
    program      waiting({"/bin/sh", "-c", "exec curl -sS 'http://" + service.address + "/slow?ms=1000'"});
    ASSERT_TRUE(service.wait_for_inflight(1));

    service.signal(SIGTERM);

    EXPECT_EQ(waiting.exit_code(), 0);
    EXPECT_EQ(waiting.text(), "waited 1000 ms\n");
    EXPECT_EQ(service.exit_code(), 0) << service.text();
}

TEST_F(demo_curl, cancels_what_is_left_at_the_drain_limit)
{
    demo_service service({"--drain-limit", "50ms"});
    program      waiting({"/bin/sh", "-c", "exec curl -sSi 'http://" + service.address + "/slow?ms=60000'"});
    ASSERT_TRUE(service.wait_for_inflight(1));

    service.signal(SIGTERM);

    EXPECT_EQ(waiting.exit_code(), 0);
    EXPECT_THAT(waiting.text(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_EQ(service.exit_code(), 0) << service.text();
    EXPECT_THAT(service.text(), ContainsRegex("503 shutdown .*cause=\"shutdown"));
}

TEST_F(demo_curl, is_not_ready_any_more_while_it_still_accepts)
{
    demo_service service({"--drain-delay", "60s"});
    const auto   ready = "curl -s -o /dev/null -w '%{http_code}' http://" + service.admin + "/readyz";
    EXPECT_EQ(shell(ready).text, "200");

    service.signal(SIGTERM);

    const auto until = std::chrono::steady_clock::now() + guard;
    while (shell(ready).text != "503" && std::chrono::steady_clock::now() < until) {
    }
    EXPECT_EQ(shell(ready).text, "503");
    EXPECT_EQ(service.curl("-o /dev/null -w '%{http_code}'", "/hello/ada").text, "200");
}

TEST_F(demo_curl, logs_json_when_it_is_told_to)
{
    demo_service service({"--log-format", "json"});

    service.curl("-H 'x-request-timeout-ms: 50'", "/slow?ms=10000");

    const auto line = nlohmann::json::parse(service.wait_for(R"((\{.*"/slow\?ms=10000".*\})\n)"), nullptr, false);
    EXPECT_EQ(line["status"], 504);
    EXPECT_EQ(line["outcome"], "deadline");
    EXPECT_EQ(line["cause"]["header"], "x-request-timeout-ms");
}

TEST_F(demo_curl, logs_no_requests_when_it_is_told_not_to)
{
    demo_service service({"--access-log", "off"});

    service.curl("", "/hello/ada");
    service.signal(SIGTERM);

    EXPECT_EQ(service.exit_code(), 0);
    EXPECT_THAT(service.text(), testing::Not(HasSubstr("GET \"/hello/ada\"")));
}

TEST_F(demo_curl, waits_as_long_as_it_is_told)
{
    const demo_service service;

    EXPECT_EQ(service.curl("", "/slow?ms=20").text, "waited 20 ms\n");
}

TEST_F(demo_curl, refuses_a_wait_that_is_no_number_or_too_long)
{
    const demo_service service;

    for (const auto* ms : {"x", "-1", "600001", "1e3", ""}) {
        const auto refused = service.curl("-i", std::string("/slow?ms=") + ms);
        EXPECT_THAT(refused.text, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << ms;
        EXPECT_EQ(body_of(refused)["status"], 400) << ms;
    }
}

TEST_F(demo_curl, answers_504_when_the_clients_own_deadline_passes)
{
    const demo_service service;

    const auto late = service.curl("-i -H 'x-request-timeout-ms: 300'", "/slow?ms=10000");

    EXPECT_THAT(late.text, StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
    EXPECT_THAT(late.text, HasSubstr("Content-Type: application/problem+json\r\n"));
    const auto problem = body_of(late);
    EXPECT_EQ(problem["kind"], "deadline_exceeded");
    EXPECT_EQ(problem["budget_ms"], 300);
    EXPECT_EQ(problem["origin"], "x-request-timeout-ms");
}

TEST_F(demo_curl, finishes_detached_work_although_the_client_left)
{
    const demo_service service;

    const auto left = service.curl("-s -m 0.3", "/detach");
    EXPECT_EQ(left.exit_code, gave_up);

    const auto     until = std::chrono::steady_clock::now() + guard;
    nlohmann::json job;
    do
        job = body_of(service.curl("", "/detach/last"));
    while (job["job"] == "running" && std::chrono::steady_clock::now() < until);
    EXPECT_EQ(job["job"], "finished");
    EXPECT_EQ(job["request_ended_by"], "client_disconnected");
}

TEST_F(demo_curl, answers_with_the_detached_work_to_a_client_that_stays)
{
    const demo_service service;

    const auto job = body_of(service.curl("", "/detach?ms=20"));

    EXPECT_EQ(job["job"], "finished");
    EXPECT_EQ(job["request_ended_by"], nullptr);
}

TEST_F(demo_curl, lists_every_field_of_an_order_that_is_wrong)
{
    const demo_service service;

    const auto refused = service.curl("-i -d '{\"qty\":\"x\"}' -H 'content-type: application/json'", "/orders");

    EXPECT_THAT(refused.text, StartsWith("HTTP/1.1 422 Unprocessable Content\r\n"));
    EXPECT_THAT(refused.text, HasSubstr("Content-Type: application/problem+json\r\n"));
    EXPECT_EQ(body_of(refused)["errors"],
              nlohmann::json::parse(R"([{"pointer": "/item", "detail": "is missing"},
                                        {"pointer": "/qty", "detail": "must be a whole number from 1 to 1000"}])"));
}

TEST_F(demo_curl, keeps_an_order_that_is_right)
{
    const demo_service service;

    const auto created =
        service.curl("-i -d '{\"item\":\"lamp\",\"qty\":2}' -H 'content-type: application/json'", "/orders");

    EXPECT_THAT(created.text, StartsWith("HTTP/1.1 201 Created\r\n"));
    EXPECT_THAT(created.text, HasSubstr("Location: /orders/1\r\n"));
    EXPECT_EQ(body_of(service.curl("", "/orders/1")),
              (nlohmann::json{{"id", 1}, {"item", "lamp"}, {"qty", 2}, {"note", ""}}));
    EXPECT_THAT(service.curl("-i", "/orders/2").text, StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_F(demo_curl, names_the_methods_that_a_path_has)
{
    const demo_service service;

    const auto put     = service.curl("-i -X PUT", "/hello/ada");
    const auto post    = service.curl("-i -X POST", "/");
    const auto options = service.curl("-i -X OPTIONS", "/orders");

    EXPECT_THAT(put.text, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
    EXPECT_THAT(put.text, HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(post.text, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
    EXPECT_THAT(post.text, HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(options.text, StartsWith("HTTP/1.1 204 No Content\r\n"));
    EXPECT_THAT(options.text, ContainsRegex("\r\nAllow: [^\r]*POST"));
}

TEST_F(demo_curl, answers_head_like_get_without_the_body)
{
    const demo_service service;

    const auto head = service.curl("-I", "/hello/ada");

    EXPECT_THAT(head.text, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(head.text, HasSubstr("\r\nContent-Length: 24\r\n"));
    EXPECT_THAT(head.text, testing::EndsWith("\r\n\r\n"));
}

TEST_F(demo_curl, sends_an_uploaded_body_back)
{
    const demo_service service;
    const auto         file    = testing::TempDir() + "curfew_demo_upload";
    const auto         compare = " --data-binary @" + file + " http://" + service.address + "/echo | cmp - " + file;

    const auto same = shell("set -e; head -c 3000000 /dev/urandom > " + file + "; curl -sS" + compare +
                            "; curl -sS -H 'transfer-encoding: chunked'" + compare + "; rm " + file);

    EXPECT_EQ(same.exit_code, 0) << same.text;
}

TEST_F(demo_curl, streams_a_large_answer_to_its_last_byte)
{
    const demo_service service;

    EXPECT_EQ(service.curl("-o /dev/null -w '%{size_download}'", "/big?mb=64").text, "67108864");
}

TEST_F(demo_curl, sends_events_until_the_client_leaves)
{
    const demo_service service;

    const auto events = service.curl("-N -m 0.5", "/stream?ms=10");

    EXPECT_EQ(events.exit_code, gave_up);
    EXPECT_THAT(events.text, StartsWith("id: 1\ndata: tick 1\n\nid: 2\ndata: tick 2\n\n"));
}

TEST_F(demo_curl, computes_on_a_thread_of_its_own_and_stops_when_the_client_leaves)
{
    demo_service service;

    EXPECT_EQ(body_of(service.curl("", "/cpu?below=1000"))["primes"], 168);
    EXPECT_EQ(service.curl("-s -m 0.3", "/cpu?below=1000000000").exit_code, gave_up);

    // A computation that went on for minutes would keep the process from ending.
    service.signal(SIGTERM);
    EXPECT_EQ(service.exit_code(), 0) << service.text();
}

}  // namespace
}  // namespace curfew
