#include <curfew/client_error.hpp>

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

using namespace curfew;

TEST(client_error, says_who_was_called_how_far_it_came_and_what_happened)
{
    const client_error refused(boost::asio::error::connection_refused, call_phase::connect, "http://h:80");
    const client_error malformed(client_errc::malformed_answer, call_phase::read, "https://h:443", "bad chunk");
    const client_error nowhere(client_errc::malformed_url, call_phase::prepare, {});

    EXPECT_STREQ(refused.what(), "call http://h:80: connect: Connection refused");
    EXPECT_STREQ(malformed.what(), "call https://h:443: read: malformed answer: bad chunk");
    EXPECT_STREQ(nowhere.what(), "call prepare: malformed URL");
}

TEST(client_error, is_no_end_of_a_context)
{
    for (int value = 1; value <= 15; ++value)
        EXPECT_NE(make_error_code(static_cast<client_errc>(value)), cond::canceled);
}

TEST(client_error, tells_apart_by_condition_what_took_too_long)
{
    EXPECT_EQ(make_error_code(client_errc::timed_out), boost::system::errc::timed_out);
    EXPECT_EQ(make_error_code(client_errc::insufficient_budget), boost::system::errc::timed_out);
    EXPECT_NE(make_error_code(client_errc::truncated), boost::system::errc::timed_out);
}

TEST(client_error, has_a_message_for_each_code)
{
    for (int value = 1; value <= 15; ++value) EXPECT_NE(client_category().message(value), "unknown") << value;
}
