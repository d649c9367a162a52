#include <curfew/url_origin.hpp>

#include <gtest/gtest.h>

using curfew::url_origin;

TEST(url_origin, is_the_same_text_however_the_url_is_written)
{
    for (const auto* url : {"http://Service.Internal", "http://service.internal:80/a?b=c#d", "HTTP://service.internal/"})
        EXPECT_EQ(url_origin(url), "http://service.internal:80") << url;
    EXPECT_EQ(url_origin("https://[::1]/"), "https://[::1]:443");
}

TEST(url_origin, is_nothing_where_the_client_would_call_nobody)
{
    for (const auto* url : {"", "/a", "ftp://service/", "http://", "http://user@service/", "http://service:99999/", "//service/"})
        EXPECT_EQ(url_origin(url), std::nullopt) << url;
}

TEST(url_origin, cannot_be_made_to_look_like_another)
{
    EXPECT_EQ(url_origin("http://good:80@evil/"), std::nullopt);
    EXPECT_EQ(url_origin("http://evil/http://good:80"), "http://evil:80");
    EXPECT_EQ(url_origin("http://evil#@good/"), "http://evil:80");
    EXPECT_EQ(url_origin("http://evil\\@good/"), std::nullopt);
    EXPECT_EQ(url_origin("http://good:80\r\nHost: evil/"), std::nullopt);
}
