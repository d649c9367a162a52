#include <curfew/client_request.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

using namespace curfew;

TEST(client_request, refuses_methods_that_the_client_does_not_send)
{
    EXPECT_THROW(client_request(method::unknown, "http://h/"), std::invalid_argument);
    EXPECT_THROW(client_request(method::connect, "http://h/"), std::invalid_argument);
}

TEST(client_request, may_be_sent_twice_as_its_method_promises_unless_it_says_otherwise)
{
    EXPECT_TRUE(client_request(method::get, "http://h/").idempotent());
    EXPECT_TRUE(client_request(method::put, "http://h/").idempotent());
    EXPECT_FALSE(client_request(method::post, "http://h/").idempotent());
    EXPECT_TRUE(client_request(method::post, "http://h/").idempotent(true).idempotent());
}

TEST(client_request, refuses_fields_that_would_split_the_head)
{
    client_request request(method::get, "http://h/");

    EXPECT_THROW(request.header("A", "b\r\nC: d"), std::invalid_argument);
    EXPECT_THROW(request.header("A b", "c"), std::invalid_argument);
}

TEST(client_request, has_the_body_that_was_set_last)
{
    const auto none = [](context, body_writer&) -> task<void> { co_return; };
    auto       request =
        client_request(method::put, "http://h/").body("milk", "text/plain").stream(none, "text/csv").body("{}", "application/json");

    EXPECT_FALSE(request.is_streamed());
    EXPECT_EQ(request.body(), "{}");
    EXPECT_EQ(request.headers().find("content-type"), "application/json");
}
