#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

struct finished_program {
    bool        passed = false;
    std::string output;
};

/// Runs one of the tests of planted_leaks.cpp in a process of its own.
finished_program run(const std::string& filter)
{
    const auto command = "GTEST_OUTPUT= GTEST_COLOR=no '" CURFEW_PLANTED_LEAKS "' --gtest_filter=" + filter + " 2>&1";
    auto*      pipe    = ::popen(command.c_str(), "r");
    if (!pipe) throw std::runtime_error("cannot start " CURFEW_PLANTED_LEAKS);
    finished_program      program;
    std::array<char, 4096> piece{};
    for (std::size_t size; (size = std::fread(piece.data(), 1, piece.size(), pipe)) != 0;) program.output.append(piece.data(), size);
    program.passed = ::pclose(pipe) == 0;
    return program;
}

/// The place that the planted test names, such as `planted_leaks.cpp:7`.
std::string blamed(const std::string& output)
{
    const std::string mark = "planted at ";
    const auto        at   = output.find(mark);
    if (at == output.npos) return "no place in: " + output;
    return output.substr(at + mark.size(), output.find('\n', at) - at - mark.size());
}

/// A planted leak turns its test red, and is reported as `what` with the place where it was made; its twin passes.
void expect_found(const std::string& name, const std::string& what)
{
    const auto planted  = run("planted." + name);
    const auto returned = run("returned." + name);

    EXPECT_FALSE(planted.passed);
    EXPECT_THAT(planted.output, HasSubstr("[  FAILED  ] planted." + name));
    EXPECT_THAT(planted.output, HasSubstr(what + " made at " + blamed(planted.output) + "\n"));
    EXPECT_TRUE(returned.passed) << returned.output;
    EXPECT_THAT(returned.output, HasSubstr("[       OK ] returned." + name));
}

}  // namespace

TEST(leak_fixture, fails_a_test_that_keeps_a_context)
{
    CURFEW_PROVES("L3");
    expect_found("context", "context 'kept'");
}

TEST(leak_fixture, fails_a_test_that_leaves_a_timer_armed)
{
    CURFEW_PROVES("L3");
    expect_found("timer", "timer due in 3600000 ms");
}

TEST(leak_fixture, fails_a_test_that_leaves_a_callback_registered)
{
    CURFEW_PROVES("L3");
    expect_found("callback", "callback 'after_cancel'");
}

TEST(leak_fixture, fails_a_test_that_leaves_a_socket_open)
{
    CURFEW_PROVES("L3");
    expect_found("socket", "open socket 'memory connection'");
}

TEST(leak_fixture, fails_a_test_that_leaves_a_socket_of_the_kernel_open)
{
    CURFEW_PROVES("L3");
    const auto planted  = run("planted.tcp_socket");
    const auto returned = run("returned.tcp_socket");

    // Who accepts is the server.
    EXPECT_FALSE(planted.passed);
    EXPECT_THAT(planted.output, ContainsRegex("open socket 'tcp connection' made at [^\n]*listener.cpp:[0-9]+\n"));
    EXPECT_TRUE(returned.passed) << returned.output;
}

TEST(leak_fixture, fails_a_test_that_does_not_return_an_item_to_its_pool)
{
    CURFEW_PROVES("L3");
    expect_found("pool_item", "unreturned pool item 'database connection'");
}
