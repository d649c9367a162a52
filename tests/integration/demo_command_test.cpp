// curfew-demo as a command: its flags, its messages, its exit codes.

#include "demo_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace curfew {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

finished_program demo(std::vector<std::string> flags)
{
    flags.insert(flags.begin(), CURFEW_DEMO);
    return run_program(std::move(flags));
}

TEST(curfew_demo, prints_its_version_and_its_flags)
{
    const auto version = demo({"--version"});
    const auto help    = demo({"--help"});

    EXPECT_EQ(version.exit_code, 0);
    EXPECT_THAT(version.text, MatchesRegex("curfew-demo [0-9.]+\n"));
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.text, HasSubstr("--drain-limit DURATION"));
}

TEST(curfew_demo, prints_the_configuration_in_force_and_where_it_comes_from)
{
    const auto file   = testing::TempDir() + "curfew_demo_configuration.toml";
    const auto prefix = "printf 'threads = 2\\ndrain-limit = \"1s\"\\n' > " + file + " && CURFEW_DRAIN_LIMIT=2s CURFEW_CONFIG=" + file;

    const auto printed = shell(prefix + " " + CURFEW_DEMO + " --print-config --request-timeout 3s; rm " + file);

    EXPECT_THAT(printed.text, testing::ContainsRegex("threads = 2 +# " + file + ":1\n"));
    EXPECT_THAT(printed.text, testing::ContainsRegex("drain-limit = '2s' +# CURFEW_DRAIN_LIMIT\n"));
    EXPECT_THAT(printed.text, testing::ContainsRegex("request-timeout = '3s' +# --request-timeout\n"));
    EXPECT_THAT(printed.text, testing::ContainsRegex("log-level = 'info' +# default\n"));
}

TEST(curfew_demo, refuses_bad_flags_with_one_line_and_exit_code_2)
{
    const std::vector<std::vector<std::string>> bad{
        {"--no-such-flag"}, {"--threads", "many"}, {"--drain-limit", "5x"}, {"stray"}, {"--threads"}};
    for (const auto& flags : bad) {
        const auto refused = demo(flags);

        EXPECT_EQ(refused.exit_code, 2) << flags.front();
        EXPECT_THAT(refused.text, StartsWith("curfew-demo: "));
        EXPECT_EQ(std::ranges::count(refused.text, '\n'), 1) << refused.text;
    }
}

TEST(curfew_demo, names_the_file_that_it_cannot_read)
{
    const auto refused = demo({"--config", "/no/such/file.toml"});

    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.text, "curfew-demo: read /no/such/file.toml: No such file or directory\n");
}

TEST(curfew_demo, names_the_address_that_is_taken)
{
    const demo_service first;

    const auto second = demo({"--listen", first.address, "--admin", "off"});

    EXPECT_EQ(second.exit_code, 1);
    EXPECT_EQ(second.text, "curfew-demo: listen " + first.address + ": Address already in use\n");
}

TEST(curfew_demo, names_the_address_that_is_none)
{
    const auto refused = demo({"--listen", "nowhere:http", "--admin", "off"});

    EXPECT_NE(refused.exit_code, 0);
    EXPECT_THAT(refused.text, MatchesRegex("curfew-demo: listen nowhere:http: [^\n]+\n"));
}

TEST(curfew_demo, opens_no_admin_listener_to_others_without_a_token)
{
    const auto refused = demo({"--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0"});

    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.text, MatchesRegex("curfew-demo: listen 0.0.0.0:0: [^\n]*token\n"));
}

TEST(curfew_demo, checks_the_health_of_a_running_service)
{
    std::string address;
    {
        const demo_service running;
        address            = running.address;
        const auto healthy = demo({"--healthcheck", "--listen", address});
        EXPECT_EQ(healthy.exit_code, 0) << healthy.text;
    }
    const auto gone = demo({"--healthcheck", "--listen", address});

    EXPECT_EQ(gone.exit_code, 1);
    EXPECT_EQ(gone.text, "curfew-demo: GET /healthz of " + address + ": Connection refused\n");
}

TEST(curfew_demo, ends_with_exit_code_0_when_it_is_told_to_and_nothing_is_left)
{
    for (const int number : {SIGTERM, SIGINT}) {
        demo_service service;

        service.signal(number);

        EXPECT_EQ(service.exit_code(), 0) << service.text();
    }
}

}  // namespace
}  // namespace curfew
