// The real curfew-demo as a child process, and curl.
#pragma once

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace curfew {

/// How long a test waits for something that should happen at once.
inline constexpr std::chrono::seconds guard{5};

/// A program that runs beside the test; what it writes is read while the test waits for it. Killed by the destructor.
class program {
public:
    explicit program(std::vector<std::string> command)
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw std::runtime_error("pipe");
        std::vector<char*> argv;
        for (auto& each : command)
            argv.push_back(each.data());
        argv.push_back(nullptr);

        process_ = ::fork();
        if (process_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(ends[1], STDOUT_FILENO);
            ::dup2(ends[1], STDERR_FILENO);
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ends[0];
    }

    ~program()
    {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        ::close(output_);
    }

    program(const program&)            = delete;
    program& operator=(const program&) = delete;

    /// Waits for output that `pattern` matches, and returns its first group. Without it: fails, and returns nothing.
    std::string wait_for(const std::string& pattern)
    {
        const std::regex wanted(pattern);
        const auto       until = std::chrono::steady_clock::now() + guard;
        std::smatch      found;
        while (!std::regex_search(text_, found, wanted)) {
            if (!read_more(until)) {
                ADD_FAILURE() << "the program did not write /" << pattern << "/ but:\n" << text_;
                return {};
            }
        }
        return found[1];
    }

    void signal(int number) { ::kill(process_, number); }

    /// Waits for its end, and returns the exit code; nothing if it did not come or was a signal's.
    std::optional<int> exit_code()
    {
        const auto until = std::chrono::steady_clock::now() + guard;
        while (read_more(until)) {
        }
        const int    handle = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
        pollfd       ended{handle, POLLIN, 0};
        const bool   in_time = ::poll(&ended, 1, milliseconds_until(until)) == 1;
        ::close(handle);
        int status = 0;
        if (!in_time || ::waitpid(std::exchange(process_, -1), &status, 0) < 0 || !WIFEXITED(status))
            return std::nullopt;
        return WEXITSTATUS(status);
    }

    /// What it has written, as far as it was waited for.
    const std::string& text() const noexcept { return text_; }

private:
    static int milliseconds_until(std::chrono::steady_clock::time_point until)
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        return left.count() > 0 ? static_cast<int>(left.count()) : 0;
    }

    bool read_more(std::chrono::steady_clock::time_point until)
    {
        pollfd ready{output_, POLLIN, 0};
        if (::poll(&ready, 1, milliseconds_until(until)) != 1)
            return false;
        std::array<char, 4096> bytes;
        const auto             size = ::read(output_, bytes.data(), bytes.size());
        if (size <= 0)
            return false;
        text_.append(bytes.data(), static_cast<std::size_t>(size));
        return true;
    }

    pid_t       process_ = -1;
    int         output_  = -1;
    std::string text_;
};

/// A program that is awaited at once.
struct finished_program {
    std::optional<int> exit_code;
    std::string        text;
};

inline finished_program run_program(std::vector<std::string> command)
{
    program started(std::move(command));
    const auto code = started.exit_code();
    return {code, started.text()};
}

/// Runs a command line as a user would type it.
inline finished_program shell(const std::string& line)
{
    return run_program({"/bin/sh", "-c", line});
}

/// The demo service on free ports, ready.
class demo_service : public program {
public:
    explicit demo_service(std::vector<std::string> flags = {})
        : program(command(std::move(flags))), address(wait_for("serving on http://(127\\.0\\.0\\.1:[0-9]+)\n")),
          admin(wait_for("admin on http://(127\\.0\\.0\\.1:[0-9]+)\n"))
    {
        wait_for("\n\n");  // the end of what it prints when it is ready
    }

    /// Types `curl OPTIONS 'http://ADDRESS/TARGET'`.
    finished_program curl(const std::string& options, const std::string& target) const
    {
        return shell("curl -sS " + options + " 'http://" + address + target + "'");
    }

    /// The number of requests that are being handled now.
    int inflight() const
    {
        const auto answer = shell("curl -sS http://" + admin + "/debug/inflight").text;
        std::smatch found;
        return std::regex_search(answer, found, std::regex("\"inflight\":([0-9]+)")) ? std::stoi(found[1]) : -1;
    }

    /// Waits until so many requests are being handled.
    bool wait_for_inflight(int wanted) const
    {
        const auto until = std::chrono::steady_clock::now() + guard;
        while (inflight() != wanted) {
            if (std::chrono::steady_clock::now() > until)
                return false;
        }
        return true;
    }

    const std::string address;
    const std::string admin;

private:
    static std::vector<std::string> command(std::vector<std::string> flags)
    {
        flags.insert(flags.begin(), {CURFEW_DEMO, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--threads", "1"});
        return flags;
    }
};

}  // namespace curfew
