#include <curfew/client_json.hpp>

#include "calling.hpp"

using namespace curfew;
using namespace curfew::testing;

namespace {

started<nlohmann::json> get_json(calling& c, std::string_view answer)
{
    auto call = c.loop.start(c.api->get_json(c.background(), "http://service/"));
    c.network[0].send(answer);
    EXPECT_TRUE(call.finished());
    return call;
}

}  // namespace

TEST(client_json, gets_a_document)
{
    calling c;
    auto    call = get_json(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 8\r\n\r\n{\"id\":7}");

    EXPECT_EQ(call.value(), nlohmann::json({{"id", 7}}));
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_json, fails_on_a_status_that_is_no_success)
{
    calling c;
    auto    call = get_json(c, "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

    ASSERT_TRUE(failure_of(call));
    EXPECT_EQ(failure_of(call)->code(), client_errc::unexpected_status);
    EXPECT_STREQ(failure_of(call)->what(), "call http://service:80: read: unexpected status: 404");
}

TEST(client_json, fails_on_what_is_not_json)
{
    for (const auto answer : {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}",
                              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{]"}) {
        calling c;
        auto    call = get_json(c, answer);
        ASSERT_TRUE(failure_of(call)) << answer;
        EXPECT_EQ(failure_of(call)->code(), client_errc::not_json);
    }
}
