// Each file of examples/ as its reader meets it: the program, and the curl commands of its first line.
#include "example_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace curfew {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> example_names()
{
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(CURFEW_EXAMPLE_SOURCES))
        if (each.path().extension() == ".cpp") names.push_back(each.path().stem());
    std::ranges::sort(names);
    return names;
}

/// What comes behind `// ` in the first line of an example, with another address in it.
std::string commands_of(const std::string& name, const std::string& address)
{
    std::ifstream source(CURFEW_EXAMPLE_SOURCES "/" + name + ".cpp");
    std::string   line;
    std::getline(source, line);
    EXPECT_THAT(line, StartsWith("// curl "));
    const std::string documented = "localhost:8080";
    for (auto at = line.find(documented); at != line.npos; at = line.find(documented, at + address.size()))
        line.replace(at, documented.size(), address);
    return line.substr(3);
}

/// What its commands print, and the exit code of the last one.
struct shown {
    std::vector<std::string> text;
    int                      exit_code = 0;
};

constexpr int gave_up = 28;  // curl's exit code

const std::map<std::string, shown>& expected()
{
    static const std::map<std::string, shown> all{
        {"call_a_service", {{"HTTP/1.1 200 OK\r\n", R"({"user":{"id":"7","told_ms":4)"}}},
        {"fan_out", {{"HTTP/1.1 200 OK\r\n", R"({"orders":"orders of 7","user":"user 7"})"}}},
        {"hello", {{"HTTP/1.1 200 OK\r\n", "traceparent: 00-", "Hello, World!"}}},
        {"notes", {{"HTTP/1.1 201 Created\r\n", "location: /notes/1\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\nmilk"}, gave_up}},
        {"process_factor", {{"1234567: 127 9721\n"}, gave_up}},
        {"sqlite_orders", {{"order 1\n", "order 2\n", "1 tea\n2 milk\n"}, gave_up}},
        {"sse", {{"data: 1\n"}}},
        {"websocket_echo",
         {{"HTTP/1.1 101 Switching Protocols\r\n", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"}, gave_up}},
        {"worker_pool", {{"HTTP/1.1 200 OK\r\n", "\r\n\r\n2870\n"}}},
    };
    return all;
}

struct example : ::testing::TestWithParam<std::string> {
    void SetUp() override
    {
        if (std::getenv("CURFEW_MINIMAL") && shell("command -v curl").exit_code != 0) GTEST_SKIP() << "curl is missing";
    }
};

INSTANTIATE_TEST_SUITE_P(examples, example, ::testing::ValuesIn(example_names()), [](const auto& tested) { return tested.param; });

TEST_P(example, does_what_its_first_line_promises)
{
    ASSERT_TRUE(expected().contains(GetParam())) << "what does it show?";
    const auto&     wanted = expected().at(GetParam());
    example_program service(GetParam());
    // What never ends is left after its first words.
    const auto      bounded = GetParam() == "sse" ? "curl() { command curl \"$@\" | head -n 1; }; " : "";

    const auto run = shell(bounded + commands_of(GetParam(), service.address));

    for (const auto& text : wanted.text) EXPECT_THAT(run.text, HasSubstr(text));
    EXPECT_EQ(run.exit_code, wanted.exit_code);
    service.signal(SIGTERM);
    EXPECT_EQ(service.exit_code(), 0);
}

}  // namespace
}  // namespace curfew
