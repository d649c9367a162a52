// The code of tests/support/README.md.
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/test_server.hpp>

#include <gtest/gtest.h>

namespace {

using namespace curfew;
using namespace std::chrono_literals;
using curfew::testing::test_server;

task<response> greet(context ctx, request req)
{
    co_await sleep_for(ctx, 2s);
    co_return text(status::ok, "hello, " + req.query("name", "world") + "\n");
}

router routes()
{
    router all;
    all.get("/greet", greet);
    return all;
}

TEST(greet, takes_its_time_and_greets_by_name)
{
    test_server server(routes());

    const auto answer = server.get("/greet?name=ann");   // two seconds of the server's clock, none of yours

    EXPECT_EQ(answer.status, status::ok);
    EXPECT_EQ(answer.body, "hello, ann\n");
}

TEST(greet, ends_when_its_client_leaves)
{
    test_server server(routes());
    auto        client = server.connect();
    client.write_request(method::get, "/greet");

    server.advance(1s);
    client.fin();

    EXPECT_EQ(server.last_record().outcome, outcome::client_gone);
    EXPECT_EQ(client.received(), "");
}

}  // namespace
