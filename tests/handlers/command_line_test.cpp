#include "command_line.hpp"
#include "usage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace {

using demo::command;
using testing::ElementsAre;
using testing::HasSubstr;

demo::command_line read(std::initializer_list<const char*> arguments)
{
    std::vector<const char*> argv{"curfew-demo"};
    argv.insert(argv.end(), arguments);
    return demo::read_command_line(static_cast<int>(argv.size()), argv.data());
}

TEST(command_line, asks_for_the_service_by_default)
{
    const auto line = read({});

    EXPECT_EQ(line.wanted, command::serve);
    EXPECT_TRUE(line.flags.empty());
    EXPECT_FALSE(line.config);
}

TEST(command_line, gives_flags_as_a_layer)
{
    const auto line = read({"--threads", "2", "--drain-limit=5s", "--config", "demo.toml"});

    EXPECT_THAT(line.flags.at("threads").texts, ElementsAre("2"));
    EXPECT_THAT(line.flags.at("drain-limit").texts, ElementsAre("5s"));
    EXPECT_EQ(line.flags.at("threads").origin, "--threads");
    EXPECT_EQ(line.flags.size(), 2u);
    EXPECT_EQ(line.config, "demo.toml");
}

TEST(command_line, takes_an_address_each_time_it_is_given)
{
    const auto line = read({"--listen", "127.0.0.1:1", "--listen", "[::1]:2"});

    EXPECT_THAT(line.flags.at("listen").texts, ElementsAre("127.0.0.1:1", "[::1]:2"));
}

TEST(command_line, asks_for_one_other_thing_at_a_time)
{
    EXPECT_EQ(read({"--print-config"}).wanted, command::print_config);
    EXPECT_EQ(read({"--healthcheck"}).wanted, command::healthcheck);
    EXPECT_THROW(read({"--print-config", "--healthcheck"}), demo::usage_error);
}

TEST(command_line, explains_itself)
{
    const auto help = read({"--help"});

    EXPECT_EQ(help.wanted, command::print_text);
    for (const auto& setting : demo::all_settings())
        EXPECT_THAT(help.text, HasSubstr("--" + std::string(setting.name) + " " + std::string(setting.value)));
    EXPECT_THAT(read({"--version"}).text, testing::MatchesRegex("curfew-demo [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(command_line, refuses_in_one_line_what_it_does_not_know)
{
    for (const auto& arguments : std::initializer_list<std::initializer_list<const char*>>{
             {"--no-such-flag"}, {"extra"}, {"--threads"}, {"--threads", "1", "--threads", "2"}, {"--listen", "a", "b"}}) {
        try {
            read(arguments);
            ADD_FAILURE() << "accepted " << *arguments.begin();
        } catch (const demo::usage_error& error) {
            EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
            EXPECT_THAT(error.what(), HasSubstr("--help"));
        }
    }
}

}  // namespace
