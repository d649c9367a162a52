#include <curfew/adapters/redis/reply.hpp>

#include <curfew/adapters/redis/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace curfew::redis {
namespace {

using ::testing::HasSubstr;

TEST(redis_reply, is_given_as_the_type_that_is_asked_for)
{
    EXPECT_EQ(reply::text(reply_type::status, "OK").text(), "OK");
    EXPECT_EQ(reply::integer(7).integer(), 7);
    EXPECT_EQ(reply::text(reply_type::string, "-7").integer(), -7);
    EXPECT_EQ(reply::array({reply::integer(1)})[0].integer(), 1);
    EXPECT_EQ(reply().optional_text(), std::nullopt);
    EXPECT_EQ(reply::text(reply_type::string, "there").optional_text(), "there");
}

TEST(redis_reply, is_never_given_as_something_else)
{
    const auto wrong = [](auto get) {
        try {
            get();
        } catch (const error& e) {
            EXPECT_EQ(e.code(), errc::wrong_type);
            return std::string(e.what());
        }
        return std::string("nothing was thrown");
    };

    EXPECT_THAT(wrong([] { reply::integer(7).text(); }), HasSubstr("the reply is an integer, not a text"));
    EXPECT_THAT(wrong([] { reply().text(); }), HasSubstr("the reply is nil, not a text"));
    EXPECT_THAT(wrong([] { reply::text(reply_type::string, "7x").integer(); }), HasSubstr("a string, not an integer"));
    EXPECT_THAT(wrong([] { reply::text(reply_type::error, "ERR no").elements(); }), HasSubstr("an error (ERR no), not an array"));
    EXPECT_THAT(wrong([] { reply::array({})[0]; }), HasSubstr("not an array of that many elements"));
}

}  // namespace
}  // namespace curfew::redis
