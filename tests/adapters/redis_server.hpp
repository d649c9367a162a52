// A Redis server of the test's own: on a free port of the loopback and on a unix socket, without a file.
#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace curfew::testing {

class redis_server {
public:
    explicit redis_server(std::vector<std::string> more = {}) : more_(std::move(more))
    {
        folder_ = ::testing::TempDir() + "curfew_redis_" + std::to_string(::getpid()) + "_" + std::to_string(++count());
        std::filesystem::create_directory(folder_);
        port_ = free_port();
        start();
    }
    ~redis_server()
    {
        kill();
        std::filesystem::remove_all(folder_);
    }
    redis_server(const redis_server&)            = delete;
    redis_server& operator=(const redis_server&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string   unix_path() const { return folder_ + "/socket"; }
    pid_t         pid() const noexcept { return pid_; }
    /// False where there is no such program, and tests may do without.
    bool          running() const noexcept { return pid_ > 0; }

    void start()
    {
        std::vector<std::string> words{"redis-server",    "--bind", "127.0.0.1", "--port", std::to_string(port_), "--unixsocket",
                                       unix_path(),       "--save", "",          "--appendonly", "no", "--dir", folder_,
                                       "--logfile", folder_ + "/log", "--enable-debug-command", "yes"};
        words.insert(words.end(), more_.begin(), more_.end());
        std::vector<char*> pointers;
        for (auto& each : words) pointers.push_back(each.data());
        pointers.push_back(nullptr);
        const int failed = ::posix_spawnp(&pid_, "redis-server", nullptr, nullptr, pointers.data(), environ);
        if (failed == ENOENT && std::getenv("CURFEW_MINIMAL")) return;
        if (failed != 0) throw std::system_error(failed, std::generic_category(), "start redis-server");
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (!answers()) {
            if (std::chrono::steady_clock::now() > end || ::waitpid(pid_, nullptr, WNOHANG) != 0)
                throw std::runtime_error("redis-server does not come up: see " + folder_ + "/log");
            std::this_thread::yield();
        }
    }
    void kill()
    {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    /// Makes it stand still, and go on.
    void stop()
    {
        ::kill(pid_, SIGSTOP);
        ::waitpid(pid_, nullptr, WUNTRACED);
    }
    void go_on() { ::kill(pid_, SIGCONT); }

    static std::uint16_t free_port()
    {
        const int   fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        socklen_t   size        = sizeof address;
        address.sin_family      = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        ::close(fd);
        return ntohs(address.sin_port);
    }

private:
    static int& count()
    {
        static int made = 0;
        return made;
    }
    bool answers() const
    {
        const int   fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        unix_path().copy(address.sun_path, sizeof address.sun_path - 1);
        char       reply[5]{};
        const bool right = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                           ::write(fd, "PING\r\n", 6) == 6 && ::read(fd, reply, 1) == 1;
        ::close(fd);
        return right;
    }

    std::vector<std::string> more_;
    std::string              folder_;
    std::uint16_t            port_ = 0;
    pid_t                    pid_  = 0;
};

}  // namespace curfew::testing
