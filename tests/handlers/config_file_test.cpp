#include "config_file.hpp"
#include "usage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace {

using demo::parse_config;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string complaint_about(std::string_view text)
{
    try {
        parse_config(text, "demo.toml");
        return "none";
    } catch (const demo::usage_error& error) {
        return error.what();
    }
}

TEST(config_file, gives_each_value_as_the_text_that_a_flag_would_have)
{
    const auto found = parse_config("threads = 4\naccess-log = false\nadmin = 'off'\nlisten = '127.0.0.1:1'\n", "demo.toml");

    EXPECT_THAT(found.at("threads").texts, ElementsAre("4"));
    EXPECT_THAT(found.at("access-log").texts, ElementsAre("off"));
    EXPECT_THAT(found.at("admin").texts, ElementsAre("off"));
    EXPECT_THAT(found.at("listen").texts, ElementsAre("127.0.0.1:1"));
    EXPECT_EQ(found.at("admin").origin, "demo.toml:3");
}

TEST(config_file, names_the_line_of_an_unknown_key)
{
    EXPECT_EQ(complaint_about("threads = 1\ndrain_limit = '1s'\n"), "demo.toml:2: unknown key \"drain_limit\"");
    EXPECT_EQ(complaint_about("\n[server]\nthreads = 1\n"), "demo.toml:2: unknown key \"server\"");
}

TEST(config_file, names_the_line_that_is_no_toml)
{
    EXPECT_THAT(complaint_about("threads = 1\nadmin = \n"), StartsWith("demo.toml:2: "));
}

TEST(config_file, refuses_a_value_of_a_type_that_no_flag_could_have)
{
    for (const auto* text : {"threads = 1.5", "threads = [1, 2]", "listen = []", "listen = [['a']]", "threads.a = 1"})
        EXPECT_THAT(complaint_about(text), HasSubstr("cannot have a value of this type")) << text;
}

TEST(config_file, that_cannot_be_read_is_named_with_the_reason)
{
    try {
        demo::read_config_file("/no/such/demo.toml");
        FAIL() << "read";
    } catch (const demo::usage_error&) {
        FAIL() << "not the user's mistake";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "read /no/such/demo.toml: No such file or directory");
    }
    EXPECT_THROW(demo::read_config_file("/"), std::runtime_error);
}

}  // namespace
