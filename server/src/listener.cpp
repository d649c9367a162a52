#include "listener.hpp"

#include "connection.hpp"
#include "server_log.hpp"
#include "socket_watch.hpp"
#include "transport_tcp.hpp"
#include "transport_unix.hpp"

#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/loop.hpp>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <type_traits>
#include <utility>

#include <sys/resource.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

namespace curfew::detail {

using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;

[[noreturn]] void fail(const listen_address& where, int error)
{
    // The condition's own sentence, not the category's "bind: …".
    throw std::system_error(error, std::generic_category(), "listen " + where.text());
}

/// The address in the form of the system calls.
struct native_address {
    explicit native_address(const listen_address& where)
    {
        if (where.is_path()) {
            const asio::local::stream_protocol::endpoint endpoint(where.path);
            assign(endpoint);
        } else {
            const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(where.host), where.port);
            assign(endpoint);
        }
    }

    template <class Endpoint>
    void assign(const Endpoint& endpoint)
    {
        size = static_cast<socklen_t>(endpoint.size());
        std::memcpy(&storage, endpoint.data(), endpoint.size());
    }

    const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }

    sockaddr_storage storage{};
    socklen_t        size = 0;
};

void set(int descriptor, int option)
{
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, option, &on, sizeof on);
}

int new_socket(const listen_address& where, const native_address& address)
{
    const int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail(where, errno);
    if (!where.is_path()) set(descriptor, SO_REUSEADDR);
    return descriptor;
}

// A socket file that nobody listens on any more is in the way of a new one.
void remove_stale(const listen_address& where, const native_address& address)
{
    const int probe = new_socket(where, address);
    const int error = ::connect(probe, address.get(), address.size) == 0 ? 0 : errno;
    ::close(probe);
    if (error == ECONNREFUSED) ::unlink(where.path.c_str());
}

// With SO_REUSEPORT a second server of the same user would share the port with the first without anyone noticing.
void refuse_taken(const listen_address& where, const native_address& address)
{
    const int probe = new_socket(where, address);
    const int error = ::bind(probe, address.get(), address.size) == 0 && ::listen(probe, 1) == 0 ? 0 : errno;
    ::close(probe);
    if (error != 0) fail(where, error);
}

std::uint16_t bound_port(int descriptor)
{
    sockaddr_storage storage{};
    socklen_t        size = sizeof storage;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

template <class Protocol>
class listener_of final : public listener, public std::enable_shared_from_this<listener_of<Protocol>> {
public:
    using executor_type = asio::io_context::executor_type;

    listener_of(std::shared_ptr<worker> in, listening_socket socket, std::size_t max_connections)
        : worker_(std::move(in)), where_(socket.where()), max_connections_(max_connections),
          acceptor_(worker_->io().get_executor()), retry_(*this)
    {
        socket_watch::of(worker_->io());  // now, as it needs a descriptor of its own
        sockaddr_storage storage{};
        socklen_t        size = sizeof storage;
        ::getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&storage), &size);
        if constexpr (std::is_same_v<Protocol, asio::ip::tcp>)
            acceptor_.assign(storage.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket.release());
        else
            acceptor_.assign(Protocol(), socket.release());
        boost::system::error_code ignored;
        acceptor_.non_blocking(true, ignored);
    }

    ~listener_of() override { worker_->loop().disarm(retry_); }

    void accept() override
    {
        if (accepting_ || !acceptor_.is_open()) return;
        if (worker_->connections() >= max_connections_) return pause();
        accepting_ = true;
        acceptor_.async_accept([self = this->shared_from_this()](const boost::system::error_code& error, auto socket) {
            self->accepting_ = false;
            self->on_accept(error, std::move(socket));
        });
    }

    void close() noexcept override
    {
        worker_->loop().disarm(retry_);
        if (!acceptor_.is_open()) return;
        boost::system::error_code error;
        for (;;) {
            auto socket = acceptor_.accept(error);
            if (error) break;
            start(std::move(socket));
        }
        acceptor_.close(error);
        if (where_.is_path()) ::unlink(where_.path.c_str());
    }

private:
    struct retry_timer final : deadline_entry {
        explicit retry_timer(listener_of& l) noexcept : deadline_entry(&listener_of::on_time), owner(l) {}
        listener_of& owner;
    };

    static void on_time(deadline_entry& entry, deadline_event event) noexcept
    {
        if (event == deadline_event::due) static_cast<retry_timer&>(entry).owner.accept();
    }

    // Nobody tells when another process gives descriptors back, so it is tried again, not often.
    void pause() { worker_->loop().arm(retry_, worker_->loop().now() + 50ms); }

    template <class Socket>
    void on_accept(const boost::system::error_code& error, Socket socket)
    {
        if (error && !acceptor_.is_open()) return;
        if (error == asio::error::no_descriptors || error.value() == ENFILE || error == asio::error::no_memory ||
            error == asio::error::no_buffer_space) {
            log_error("accept on " + where_.text(), error.message());
            return pause();
        }
        if (!error) start(std::move(socket));
        accept();
    }

    template <class Socket>
    void start(Socket socket) noexcept
    {
        if (worker_->abandoned()) return;
        try {
            const bool watched = worker_->shared().options.detection == disconnect_detection::automatic;
            connection<socket_stream<Protocol>>::start(worker_, socket_stream<Protocol>(std::move(socket), watched));
        } catch (...) {
            log_error("accept a connection", std::current_exception());
        }
    }

    std::shared_ptr<worker>                               worker_;
    listen_address                                        where_;
    std::size_t                                           max_connections_;
    asio::basic_socket_acceptor<Protocol, executor_type>  acceptor_;
    retry_timer                                           retry_;
    bool                                                  accepting_ = false;
};

}  // namespace

listening_socket listening_socket::open(const listen_address& where, int backlog, port_sharing sharing)
{
    const native_address address(where);
    if (where.is_path())
        remove_stale(where, address);
    else if (sharing == port_sharing::first_of_many)
        refuse_taken(where, address);

    listening_socket socket(new_socket(where, address), where);
    if (sharing != port_sharing::alone && !where.is_path()) set(socket.descriptor_, SO_REUSEPORT);
    if (::bind(socket.descriptor_, address.get(), address.size) != 0) fail(where, errno);
    if (::listen(socket.descriptor_, backlog) != 0) fail(where, errno);
    if (!where.is_path()) socket.where_.port = bound_port(socket.descriptor_);
    return socket;
}

listening_socket::listening_socket(listening_socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), where_(std::move(other.where_))
{
}

listening_socket::~listening_socket()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

int listening_socket::release() noexcept
{
    return std::exchange(descriptor_, -1);
}

listening_socket listening_socket::duplicate() const
{
    const int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) fail(where_, errno);
    return {copy, where_};
}

std::shared_ptr<listener> listener::make(std::shared_ptr<worker> in, listening_socket socket, std::size_t max_connections)
{
    if (socket.where().is_path())
        return std::make_shared<listener_of<asio::local::stream_protocol>>(std::move(in), std::move(socket), max_connections);
    return std::make_shared<listener_of<asio::ip::tcp>>(std::move(in), std::move(socket), max_connections);
}

std::size_t connections_by_descriptor_limit() noexcept
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 1u << 20;
    return limit.rlim_cur > 128 ? limit.rlim_cur - 64 : limit.rlim_cur / 2;
}

}  // namespace curfew::detail
