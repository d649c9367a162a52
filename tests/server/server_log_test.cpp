// Lines that the server itself writes about a request.
#include "logged_lines.hpp"

#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/router.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_server.hpp>

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::logged_lines;
using testing::test_server;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string with_trace = "GET /boom HTTP/1.1\r\nHost: a\r\ntraceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n\r\n";

TEST(server_log, has_the_trace_of_a_request_whose_handler_throws)
{
    CURFEW_PROVES("T5");
    logged_lines log;
    router       routes;
    routes.get("/boom", [](context, request) -> response { throw std::runtime_error("out of paper"); });
    test_server server(std::move(routes));

    auto client = server.connect();
    client.write(with_trace);

    EXPECT_THAT(log.lines, Contains(AllOf(HasSubstr("out of paper"), HasSubstr(trace))));
}

TEST(server_log, escapes_control_characters_of_what_a_handler_throws)
{
    CURFEW_PROVES("T6");
    logged_lines log;
    router       routes;
    routes.get("/boom", [](context, request) -> response { throw std::runtime_error("a\r\nb: forged"); });
    test_server server(std::move(routes));

    server.get("/boom");

    EXPECT_THAT(log.lines, Contains(HasSubstr("forged")));
    EXPECT_THAT(log.lines, Not(Contains(HasSubstr("\n"))));
}

TEST(server_log, has_no_error_for_an_exception_thrown_because_of_the_cancel_and_one_for_any_thrown_before)
{
    CURFEW_PROVES("H5");
    logged_lines log;
    router       routes;
    routes.get("/wait", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1h);
        co_return text(status::ok, "");
    });
    routes.get("/boom", [](context, request) -> task<response> {
        throw std::runtime_error("before any cancel");
        co_return text(status::ok, "");
    });
    test_server server(std::move(routes));

    auto client = server.connect();
    client.write_request(method::get, "/wait");
    client.fin();
    ASSERT_EQ(server.last_record().outcome, outcome::client_gone);
    EXPECT_THAT(log.lines, Not(Contains(HasSubstr("/wait"))));
    server.get("/boom");

    EXPECT_THAT(log.lines, Contains(HasSubstr("before any cancel")));
}

}  // namespace
}  // namespace curfew
