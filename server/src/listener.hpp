// Accepts connections for one loop.
#pragma once

#include "listen_address.hpp"
#include "worker.hpp"

#include <memory>
#include <string>

namespace curfew::detail {

/// How many sockets of this server listen on one address: the kernel spreads connections among them.
enum class port_sharing { alone, first_of_many, one_of_many };

/// A socket that listens and does not yet accept.
class listening_socket {
public:
    /// Errors: `std::system_error` that says `listen ADDRESS: …`.
    static listening_socket open(const listen_address& where, int backlog, port_sharing sharing);

    listening_socket(listening_socket&& other) noexcept;
    listening_socket& operator=(listening_socket&&) = delete;
    ~listening_socket();

    int                   descriptor() const noexcept { return descriptor_; }
    int                   release() noexcept;
    /// With the port that the kernel chose.
    const listen_address& where() const noexcept { return where_; }
    /// Another descriptor for the same socket. Errors: `std::system_error`.
    listening_socket      duplicate() const;

private:
    listening_socket(int descriptor, listen_address where) : descriptor_(descriptor), where_(std::move(where)) {}

    int            descriptor_;
    listen_address where_;
};

/// Accepts on one socket and starts a connection for each client. Touched by the loop's thread only, once started.
///
/// With no descriptors left, or as many connections as the worker may have, it pauses, and goes on when that changed.
class listener {
public:
    virtual ~listener() = default;

    virtual void accept() = 0;
    /// Takes what the kernel has accepted already, then stops listening.
    virtual void close() noexcept = 0;

    static std::shared_ptr<listener> make(std::shared_ptr<worker> in, listening_socket socket, std::size_t max_connections);
};

/// How many connections a process may have if its options do not say: its descriptor limit less 64.
std::size_t connections_by_descriptor_limit() noexcept;

}  // namespace curfew::detail
