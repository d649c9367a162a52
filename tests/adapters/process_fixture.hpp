// Programs started on a loop whose clock the test turns.
#pragma once

#include "run_until.hpp"

#include <curfew/adapters/process.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace curfew::testing {

/// Whether this process has any child, ended or not.
inline bool has_children()
{
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

/// Whether a process runs; a zombie does not.
inline bool runs(pid_t pid)
{
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string   text;
    std::getline(stat, text);
    const auto end = text.rfind(") ");
    return end != text.npos && text[end + 2] != 'Z';
}

inline std::size_t open_descriptors()
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

class process_fixture : public ::testing::Test {
protected:
    process_fixture()
    {
        folder = ::testing::TempDir() + "curfew_process_" + std::to_string(::getpid());
        std::filesystem::remove_all(folder);
        std::filesystem::create_directory(folder);
    }
    ~process_fixture() override { std::filesystem::remove_all(folder); }

    static process::command shell(const std::string& script) { return process::command("/bin/sh", {"-c", script}); }
    /// A shell that says in the file `ready` that it has come to the end of `before`, then executes `after`.
    process::command shell_ready(const std::string& before, const std::string& after) const
    {
        return shell(before + "echo $$ > " + folder + "/made; mv " + folder + "/made " + folder + "/ready; " + after);
    }
    template <class T>
    bool wait_until_ready(const started<T>& one)
    {
        run_until(loop, [&] { return std::filesystem::exists(folder + "/ready") || one.finished(); });
        return !one.finished();
    }
    pid_t ready_pid() const
    {
        pid_t         pid = 0;
        std::ifstream(folder + "/ready") >> pid;
        return pid;
    }
    template <class T>
    T run(task<T> body)
    {
        auto one = loop.start(std::move(body));
        if (!run_until_finished(loop, one)) throw std::runtime_error("it does not end");
        if (one.exception()) std::rethrow_exception(one.exception());
        if constexpr (!std::is_void_v<T>) return std::move(one.value());
    }

    std::string  folder;
    manual_clock clock;
    test_loop    loop{clock};
    context      root = loop.background();
};

}  // namespace curfew::testing
