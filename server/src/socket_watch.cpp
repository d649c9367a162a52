#include "socket_watch.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>
#include <system_error>

namespace curfew::detail {

namespace {
constexpr unsigned always = EPOLLIN | EPOLLRDHUP | EPOLLET;
}  // namespace

boost::asio::execution_context::id socket_watch::id;

socket_watch::socket_watch(boost::asio::execution_context& io)
    : service(io), epoll_(static_cast<boost::asio::io_context&>(io).get_executor())
{
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
    epoll_.assign(descriptor);
}

void socket_watch::shutdown()
{
    boost::system::error_code ignored;
    epoll_.close(ignored);
}

void socket_watch::control(int operation, int socket, transport_observer& observer, unsigned events)
{
    epoll_event interest{};
    interest.events   = events;
    interest.data.ptr = &observer;
    if (::epoll_ctl(epoll_.native_handle(), operation, socket, &interest) != 0)
        throw std::system_error(errno, std::system_category(), "watch a connection");
}

void socket_watch::add(int socket, transport_observer& observer)
{
    control(EPOLL_CTL_ADD, socket, observer, always);
    ++watched_;
    wait();
}

void socket_watch::add_writable(int socket, transport_observer& observer)
{
    control(EPOLL_CTL_MOD, socket, observer, always | EPOLLOUT);
}

void socket_watch::remove(int socket, transport_observer& observer) noexcept
{
    if (!epoll_.is_open()) return;
    epoll_event unused{};
    if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, socket, &unused) != 0) return;
    for (int i = 0; i != events_end_; ++i) {
        if (events_[static_cast<std::size_t>(i)].data.ptr == &observer)
            events_[static_cast<std::size_t>(i)].data.ptr = nullptr;
    }
    if (--watched_ == 0) {
        boost::system::error_code ignored;
        epoll_.cancel(ignored);
    }
}

void socket_watch::wait()
{
    if (waiting_) return;
    waiting_ = true;
    epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
        waiting_ = false;
        if (error == boost::asio::error::bad_descriptor || !epoll_.is_open()) return;
        if (!error) hand_out();
        if (watched_ != 0) wait();  // tells again of what was too much for one round
    });
}

void socket_watch::hand_out()
{
    events_end_ = ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    for (int i = 0; i < events_end_; ++i) {
        const auto& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) continue;
        readiness what;
        what.readable = true;  // what ends is read to its end as well
        what.writable = (event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
        if ((event.events & (EPOLLERR | EPOLLHUP)) != 0)
            what.gone = disconnect_how::reset;
        else if ((event.events & EPOLLRDHUP) != 0)
            what.gone = disconnect_how::fin;
        static_cast<transport_observer*>(event.data.ptr)->on_ready(what);
    }
    events_end_ = 0;
}

}  // namespace curfew::detail
