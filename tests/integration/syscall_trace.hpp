// The system calls of a program, as strace saw them.
#pragma once

#include "example_program.hpp"

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace curfew {

/// One call, in the notation of strace.
struct traced_call {
    std::string name;
    std::string arguments;    ///< And what it returned, unless another thread was in between.
    int         first  = -1;  ///< The first argument, if it is a number.
    int         result = -1;

    bool has(std::string_view text) const { return arguments.find(text) != arguments.npos; }
};

inline int leading_number(std::string_view text)
{
    int number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// A line such as `4711 epoll_ctl(11, EPOLL_CTL_ADD, 8, {…}) = 0`. Others, such as `<... recvfrom resumed>`, are no calls.
inline void add_call(std::string_view line, std::vector<traced_call>& to)
{
    const auto name = line.find_first_not_of("0123456789 ");
    const auto open = line.find('(');
    if (name == line.npos || open == line.npos || line[name] == '<' || line[name] == '+' || line[name] == '-') return;
    traced_call call{std::string(line.substr(name, open - name)), std::string(line.substr(open + 1))};
    call.first = leading_number(call.arguments);
    if (const auto result = line.rfind(" = "); result != line.npos) call.result = leading_number(line.substr(result + 3));
    to.push_back(std::move(call));
}

/// An example under strace.
class traced_example {
public:
    explicit traced_example(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / ("curfew-trace-" + std::to_string(::getpid()))),
          // -D: the tracer is the grandchild, so that signals and the exit code are the program's own.
          // A leak sanitizer cannot look at a process that is being traced.
          running_(name, {"/usr/bin/strace", "-D", "-f", "-qq", "-s", "0", "-E", "ASAN_OPTIONS=detect_leaks=0", "-o", path_})
    {
    }
    ~traced_example() { std::filesystem::remove(path_); }

    const std::string& address() const noexcept { return running_.address; }

    /// Ends the program and returns what it has called. The tracer writes to the same pipe, so it has ended, too.
    std::vector<traced_call> calls()
    {
        running_.signal(SIGTERM);
        EXPECT_EQ(running_.exit_code(), 0);
        std::vector<traced_call> all;
        std::ifstream            trace(path_);
        for (std::string line; std::getline(trace, line);) add_call(line, all);
        return all;
    }

private:
    std::string     path_;
    example_program running_;
};

}  // namespace curfew
