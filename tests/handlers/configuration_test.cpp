#include "configuration.hpp"
#include "config_file.hpp"
#include "usage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

using namespace std::chrono_literals;
using demo::layer;
using demo::merge;
using testing::ElementsAre;
using testing::HasSubstr;

layer environment(std::map<std::string, std::string> variables)
{
    return demo::read_environment([&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

layer flag(std::string_view name, demo::setting::texts texts)
{
    return {{name, {std::move(texts), "--" + std::string(name)}}};
}

std::string complaint_about(const layer& what)
{
    try {
        merge({what});
        return "none";
    } catch (const demo::usage_error& error) {
        return error.what();
    }
}

TEST(configuration, is_the_defaults_if_nobody_says_anything)
{
    const auto merged = merge({});

    EXPECT_THAT(merged.values.listen, ElementsAre("127.0.0.1:8080"));
    EXPECT_EQ(merged.values.admin, "127.0.0.1:8081");
    EXPECT_EQ(merged.values.request_timeout, 30s);
    EXPECT_TRUE(merged.origins.empty());
}

TEST(configuration, lets_a_flag_win_over_the_environment_and_that_over_the_file)
{
    const auto file = demo::parse_config("threads = 1\ndrain-limit = '1s'\ndrain-delay = '1s'\n", "demo.toml");
    const auto env  = environment({{"CURFEW_THREADS", "2"}, {"CURFEW_DRAIN_LIMIT", "2s"}});

    const auto merged = merge({flag("threads", {"3"}), env, file});

    EXPECT_EQ(merged.values.threads, 3u);
    EXPECT_EQ(merged.values.drain_limit, 2s);
    EXPECT_EQ(merged.values.drain_delay, 1s);
    EXPECT_EQ(merged.origins.at("threads"), "--threads");
    EXPECT_EQ(merged.origins.at("drain-limit"), "CURFEW_DRAIN_LIMIT");
    EXPECT_EQ(merged.origins.at("drain-delay"), "demo.toml:3");
}

TEST(configuration, replaces_the_addresses_of_a_weaker_source_rather_than_adding_to_them)
{
    const auto file = demo::parse_config("listen = ['127.0.0.1:1', '127.0.0.1:2']", "demo.toml");

    EXPECT_THAT(merge({file}).values.listen, ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
    EXPECT_THAT(merge({flag("listen", {"[::1]:3"}), file}).values.listen, ElementsAre("[::1]:3"));
}

TEST(configuration, takes_several_addresses_from_a_variable)
{
    const auto merged = merge({environment({{"CURFEW_LISTEN", "127.0.0.1:1,unix:/run/curfew"}})});

    EXPECT_THAT(merged.values.listen, ElementsAre("127.0.0.1:1", "unix:/run/curfew"));
}

TEST(configuration, takes_an_empty_variable_for_one_that_is_not_set)
{
    EXPECT_TRUE(environment({{"CURFEW_ADMIN", ""}}).empty());
}

TEST(configuration, switches_the_admin_listener_off)
{
    EXPECT_EQ(merge({flag("admin", {"off"})}).values.admin, "");
}

TEST(configuration, keeps_origins_as_they_are_compared)
{
    EXPECT_THAT(merge({flag("proxy-origin", {"http://Service/path", "https://b:8443"})}).values.proxy_origins,
                ElementsAre("http://service:80", "https://b:8443"));
    EXPECT_THAT(merge({flag("proxy-origin", {"off"})}).values.proxy_origins, testing::IsEmpty());
    EXPECT_THAT(complaint_about(flag("proxy-origin", {"service:80"})), HasSubstr("\"service:80\" is not a URL"));
}

TEST(configuration, says_where_a_bad_value_stands_and_what_was_expected)
{
    EXPECT_EQ(complaint_about(flag("drain-limit", {"5x"})),
              "--drain-limit: \"5x\" is not a duration such as 500ms, 2s or 1m, of at most 24h");
    EXPECT_EQ(complaint_about(environment({{"CURFEW_THREADS", "-1"}})),
              "CURFEW_THREADS: \"-1\" is not a number from 0 to 1024");
    EXPECT_EQ(complaint_about(demo::parse_config("\nlog-level = 'loud'", "demo.toml")),
              "demo.toml:2: \"loud\" is not trace, debug, info, warn, error or off");
    EXPECT_THAT(complaint_about(flag("access-log", {"yes"})), HasSubstr("is not on or off"));
    EXPECT_THAT(complaint_about(flag("log-format", {"xml"})), HasSubstr("is not text or json"));
    EXPECT_THAT(complaint_about(flag("threads", {"1025"})), HasSubstr("is not a number"));
}

TEST(configuration, refuses_a_bad_value_that_a_stronger_source_hides)
{
    EXPECT_THROW(merge({flag("threads", {"1"}), environment({{"CURFEW_THREADS", "many"}})}), demo::usage_error);
}

TEST(configuration, is_printed_with_the_origin_of_each_value)
{
    const auto text = demo::to_toml(merge({flag("drain-limit", {"1500ms"})}));

    EXPECT_THAT(text, testing::ContainsRegex("listen = \\['127.0.0.1:8080'\\] +# default\n"));
    EXPECT_THAT(text, testing::ContainsRegex("drain-limit = '1500ms' +# --drain-limit\n"));
}

TEST(configuration, is_printed_without_its_secret)
{
    const auto text = demo::to_toml(merge({flag("admin-token", {"sesame"})}));

    EXPECT_THAT(text, testing::Not(HasSubstr("sesame")));
    EXPECT_THAT(text, testing::ContainsRegex("\n# admin-token is not shown +# --admin-token\n"));
}

TEST(configuration, is_printed_so_that_the_file_gives_the_same_again)
{
    const auto merged = merge({environment({{"CURFEW_LISTEN", "127.0.0.1:1,unix:/a \"b\" 'c'"},
                                            {"CURFEW_ADMIN", "off"},
                                            {"CURFEW_THREADS", "2"},
                                            {"CURFEW_REQUEST_TIMEOUT", "90s"},
                                            {"CURFEW_DRAIN_DELAY", "3ms"},
                                            {"CURFEW_DRAIN_LIMIT", "4m"},
                                            {"CURFEW_LOG_LEVEL", "error"},
                                            {"CURFEW_LOG_FORMAT", "json"},
                                            {"CURFEW_ACCESS_LOG", "off"},
                                            {"CURFEW_PROXY_ORIGIN", "http://a:1,https://b"}})});
    ASSERT_EQ(merged.origins.size(), demo::all_settings().size() - 1);  // but the secret

    const auto again = merge({demo::parse_config(demo::to_toml(merged), "printed.toml")});

    for (const auto& setting : demo::all_settings())
        EXPECT_EQ(setting.write(again.values), setting.write(merged.values)) << setting.name;
}

}  // namespace
