// The system calls of a program, as strace saw them.
#pragma once

#include "example_program.hpp"

#include <charconv>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace curfew {

/// One call, in the notation of strace.
struct traced_call {
    std::string name;
    std::string arguments;    ///< And what it returned.
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

/// Reads lines such as `4711 epoll_ctl(11, EPOLL_CTL_ADD, 8, {…}) = 0`.
///
/// If another thread was in between there are two: `4711 accept(5, <unfinished ...>` and `4711 <... accept resumed>…) = 8`.
class trace_reader {
public:
    void read(std::string_view line)
    {
        const auto name = line.find_first_not_of("0123456789 ");
        if (name == line.npos) return;
        const int thread = leading_number(line);
        if (line.substr(name).starts_with("<... ")) {
            if (const auto begun = unfinished_.find(thread); begun != unfinished_.end()) end(calls_[begun->second], line);
            return;
        }
        const auto open = line.find('(');
        if (open == line.npos || line[name] == '+' || line[name] == '-') return;
        traced_call call{std::string(line.substr(name, open - name)), {}};
        call.first = leading_number(line.substr(open + 1));
        calls_.push_back(std::move(call));
        end(calls_.back(), line.substr(open + 1));
        if (line.ends_with("<unfinished ...>")) unfinished_[thread] = calls_.size() - 1;
    }

    std::vector<traced_call> calls() && { return std::move(calls_); }

private:
    static void end(traced_call& call, std::string_view rest)
    {
        call.arguments += rest;
        if (const auto result = rest.rfind(" = "); result != rest.npos) call.result = leading_number(rest.substr(result + 3));
    }

    std::vector<traced_call>   calls_;
    std::map<int, std::size_t> unfinished_;  // by thread
};

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
        trace_reader  reader;
        std::ifstream trace(path_);
        for (std::string line; std::getline(trace, line);) reader.read(line);
        return std::move(reader).calls();
    }

private:
    std::string     path_;
    example_program running_;
};

}  // namespace curfew
