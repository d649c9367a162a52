// nginx and HAProxy, as child processes on free ports.
#pragma once

#include "demo_program.hpp"
#include "raw_client.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::testing {

/// Which proxy, and what is different from its file in examples/.
struct proxy_setup {
    std::string                                      program;  ///< `nginx` or `haproxy`.
    std::vector<std::pair<std::string, std::string>> changes;  ///< Text in the file, and what stands there instead.
};

/// Where a program of the administrator's is; empty if it is missing.
inline std::string path_of(const std::string& name)
{
    const auto found = shell("PATH=$PATH:/usr/sbin:/sbin command -v " + name).text;
    return found.substr(0, found.find('\n'));
}

/// A port of the loopback that was free a moment ago.
inline std::string free_address()
{
    const int   socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family      = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size     = sizeof at;
    ::bind(socket, reinterpret_cast<sockaddr*>(&at), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size);
    ::close(socket);
    return "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
}

/// A proxy in front of a service, ready, with the settings of its file in examples/.
class front_proxy {
public:
    front_proxy(const proxy_setup& setup, const std::string& service) : address(free_address())
    {
        folder_ = std::filesystem::path(::testing::TempDir()) / (setup.program + address.substr(address.find(':') + 1));
        std::filesystem::create_directories(folder_);
        const bool nginx = setup.program == "nginx";
        auto text = read(std::string(CURFEW_EXAMPLE_SOURCES) + (nginx ? "/behind_nginx.conf" : "/behind_haproxy.cfg"));
        replace(text, "127.0.0.1:8000", address);
        replace(text, "127.0.0.1:8080", service);
        for (const auto& [from, to] : setup.changes) replace(text, from, to);
        if (nginx) {
            // One process, which writes nothing outside of its folder.
            text.insert(0, "master_process off;\n");
            std::string paths;
            for (const auto* each : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
                paths += std::string(each) + "_temp_path " + each + ";\n";
            replace(text, "http {", "http {\n" + paths);
        }
        const auto file = (folder_ / "configuration").string();
        std::ofstream(file) << text;
        const auto path = path_of(setup.program);
        if (path.empty()) {
            ADD_FAILURE() << setup.program << " is missing";
            return;
        }
        program_ = std::make_unique<program>(
            nginx ? std::vector<std::string>{path, "-p", folder_.string(), "-c", file, "-e", "stderr"}
                  : std::vector<std::string>{path, "-db", "-f", file});
        const auto until = std::chrono::steady_clock::now() + guard;
        while (!raw_client(address).connected())
            if (std::chrono::steady_clock::now() > until) {
                program_->signal(SIGTERM);
                program_->exit_code();
                ADD_FAILURE() << setup.program << " does not accept: " << program_->text();
                return;
            }
        ready_ = true;
    }
    ~front_proxy()
    {
        program_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    front_proxy(const front_proxy&)            = delete;
    front_proxy& operator=(const front_proxy&) = delete;

    raw_client connect() const { return raw_client(address); }

    /// Otherwise the reason has been reported.
    bool ready() const noexcept { return ready_; }

    const std::string address;

private:
    static std::string read(const std::string& path)
    {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    static void replace(std::string& text, const std::string& from, const std::string& to)
    {
        const auto at = text.find(from);
        if (at == text.npos)
            ADD_FAILURE() << "there is no \"" << from << "\" in the file";
        else
            text.replace(at, from.size(), to);
    }

    std::filesystem::path    folder_;
    std::unique_ptr<program> program_;
    bool                     ready_ = false;
};

}  // namespace curfew::testing
