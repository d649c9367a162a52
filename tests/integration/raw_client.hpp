// A client that speaks bytes over a real socket, for what no well-behaved client does.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace curfew::testing {

/// One blocking connection. Waiting longer than the guard fails the test and gives up.
class raw_client {
public:
    static constexpr int guard_ms = 5000;

    /// `endpoint`: `ADDRESS:PORT` or `unix:PATH`, as `server::local_endpoints` gives them.
    explicit raw_client(std::string_view endpoint)
    {
        if (endpoint.starts_with("unix:")) {
            sockaddr_un to{};
            to.sun_family = AF_UNIX;
            endpoint.substr(5).copy(to.sun_path, sizeof to.sun_path - 1);
            connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        } else {
            const auto  colon = endpoint.rfind(':');
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port   = htons(static_cast<std::uint16_t>(std::stoi(std::string(endpoint.substr(colon + 1)))));
            ::inet_pton(AF_INET, std::string(endpoint.substr(0, colon)).c_str(), &to.sin_addr);
            connect(AF_INET, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        }
    }
    raw_client(raw_client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    ~raw_client() { close(); }

    bool connected() const noexcept { return socket_ >= 0; }

    /// Sends all of `bytes`. False if the server no longer takes them.
    bool send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            if (!wait(POLLOUT)) return false;
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count < 0) {
                if (errno == EAGAIN) continue;
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// Sends as much as goes without waiting.
    void send_what_fits(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    /// Half-closes: sends FIN and goes on reading.
    void finish() { ::shutdown(socket_, SHUT_WR); }

    /// Sends RST and is gone.
    void reset()
    {
        const linger now{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }

    void close()
    {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }

    /// Reads until `text` has come, and returns everything up to and with it.
    std::string read_until(std::string_view text)
    {
        for (;;) {
            if (const auto at = received_.find(text); at != received_.npos) return take(at + text.size());
            if (!read_more()) return take(received_.size());
        }
    }
    /// Reads to the end, however it comes.
    std::string read_all()
    {
        while (read_more()) {}
        return take(received_.size());
    }
    /// Reads one answer that has a Content-Length.
    std::string read_answer()
    {
        auto              head = read_until("\r\n\r\n");
        const auto        at   = head.find("Content-Length: ");
        const std::size_t size = at == head.npos ? 0 : std::stoul(head.substr(at + 16));
        while (received_.size() < size && read_more()) {}
        return head + take(std::min(size, received_.size()));
    }

    /// True if the connection ended by a reset.
    bool was_reset() const noexcept { return reset_; }

private:
    void connect(int family, const sockaddr* to, socklen_t size)
    {
        socket_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(socket_, to, size) != 0) close();
    }

    bool wait(short events)
    {
        pollfd one{socket_, events, 0};
        if (::poll(&one, 1, guard_ms) == 1) return true;
        ADD_FAILURE() << "the server did nothing for " << guard_ms << " ms";
        return false;
    }

    bool read_more()
    {
        char bytes[65536];
        if (socket_ < 0 || !wait(POLLIN)) return false;
        const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
        if (count < 0) reset_ = errno == ECONNRESET;
        if (count <= 0) return false;
        received_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    std::string take(std::size_t count)
    {
        auto taken = received_.substr(0, count);
        received_.erase(0, count);
        return taken;
    }

    int         socket_ = -1;
    bool        reset_  = false;
    std::string received_;
};

}  // namespace curfew::testing
