// This very test program, started once more to play another program: it runs one test that is disabled otherwise.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace curfew::testing {

class child_program {
public:
    child_program(const std::string& test, const std::string& argument)
    {
        int ends[2];
        if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        ready_ = ends[0];
        ::setenv("CURFEW_CHILD_ARGUMENT", argument.c_str(), 1);
        ::setenv("CURFEW_CHILD_READY", std::to_string(ends[1]).c_str(), 1);
        std::string filter = "--gtest_filter=" + test, disabled = "--gtest_also_run_disabled_tests", program = "test",
                    output = "--gtest_output=";
        char*     arguments[] = {program.data(), filter.data(), disabled.data(), output.data(), nullptr};
        const int failed      = ::posix_spawn(&pid_, "/proc/self/exe", nullptr, nullptr, arguments, environ);
        ::close(ends[1]);
        if (failed != 0) throw std::system_error(failed, std::generic_category(), "posix_spawn /proc/self/exe");
    }
    ~child_program()
    {
        kill();
        ::close(ready_);
    }
    child_program(const child_program&)            = delete;
    child_program& operator=(const child_program&) = delete;

    bool wait_until_ready() const
    {
        pollfd readable{ready_, POLLIN, 0};
        char   byte = 0;
        return ::poll(&readable, 1, 5000) == 1 && ::read(ready_, &byte, 1) == 1;
    }
    void kill()
    {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

    // ---- in the child
    static std::string argument()
    {
        const char* const given = std::getenv("CURFEW_CHILD_ARGUMENT");
        return given ? given : "";
    }
    static void say_ready_and_wait_to_be_killed()
    {
        const char* const given = std::getenv("CURFEW_CHILD_READY");
        ASSERT_NE(given, nullptr);
        const int fd = std::atoi(given);
        ASSERT_EQ(::write(fd, "!", 1), 1);
        pollfd gone{fd, 0, 0};  // ends with the parent, should that die first
        ::poll(&gone, 1, 60'000);
    }

private:
    pid_t pid_   = 0;
    int   ready_ = -1;
};

}  // namespace curfew::testing
