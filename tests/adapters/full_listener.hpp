// An address that answers no connection attempt, nor refuses one.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace curfew::testing {

/// Listens, accepts nothing, and has its queue full: the system leaves further attempts waiting.
class full_listener {
public:
    full_listener()
    {
        sockaddr_in address{};
        socklen_t   size        = sizeof address;
        address.sin_family      = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockets_.push_back(::socket(AF_INET, SOCK_STREAM, 0));
        ::bind(sockets_.front(), reinterpret_cast<sockaddr*>(&address), size);
        ::listen(sockets_.front(), 0);
        ::getsockname(sockets_.front(), reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        for (int i = 0; i < 4; ++i) {
            sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            ::connect(sockets_.back(), reinterpret_cast<sockaddr*>(&address), size);
        }
    }
    ~full_listener()
    {
        for (const int each : sockets_) ::close(each);
    }
    full_listener(const full_listener&)            = delete;
    full_listener& operator=(const full_listener&) = delete;

    std::uint16_t port() const noexcept { return port_; }

private:
    std::vector<int> sockets_;
    std::uint16_t    port_ = 0;
};

}  // namespace curfew::testing
