#include <curfew/status.hpp>

#include <gtest/gtest.h>

namespace curfew {
namespace {

TEST(status, has_a_reason_phrase_for_every_registered_code)
{
    EXPECT_EQ(reason_phrase(status::ok), "OK");
    EXPECT_EQ(reason_phrase(status::not_found), "Not Found");
    EXPECT_EQ(reason_phrase(status::content_too_large), "Content Too Large");
    EXPECT_EQ(reason_phrase(status::gateway_timeout), "Gateway Timeout");
    EXPECT_EQ(reason_phrase(status::http_version_not_supported), "HTTP Version Not Supported");
    EXPECT_EQ(reason_phrase(status::client_closed_request), "Client Closed Request");
}

TEST(status, of_an_unregistered_code_has_no_reason_phrase)
{
    EXPECT_EQ(reason_phrase(static_cast<status>(299)), "");
    EXPECT_EQ(reason_phrase(static_cast<status>(999)), "");
}

TEST(status, belongs_to_the_class_of_its_first_digit)
{
    for (unsigned code = 100; code < 600; ++code) {
        const auto s = static_cast<status>(code);
        EXPECT_EQ(to_int(s), code);
        EXPECT_EQ(is_informational(s), code < 200);
        EXPECT_EQ(is_success(s), code >= 200 && code < 300);
        EXPECT_EQ(is_redirection(s), code >= 300 && code < 400);
        EXPECT_EQ(is_client_error(s), code >= 400 && code < 500);
        EXPECT_EQ(is_server_error(s), code >= 500);
        EXPECT_EQ(is_error(s), code >= 400);
    }
}

TEST(status, of_interim_no_content_and_not_modified_allows_no_content)
{
    EXPECT_FALSE(allows_content(status::continue_));
    EXPECT_FALSE(allows_content(status::no_content));
    EXPECT_FALSE(allows_content(status::not_modified));
    EXPECT_TRUE(allows_content(status::ok));
    EXPECT_TRUE(allows_content(status::not_found));
}

} // namespace
} // namespace curfew
