#include "disconnect_watch.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>
#include <system_error>

namespace curfew::detail {

boost::asio::execution_context::id disconnect_watch::id;

disconnect_watch::disconnect_watch(boost::asio::execution_context& io)
    : service(io), epoll_(static_cast<boost::asio::io_context&>(io).get_executor())
{
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
    epoll_.assign(descriptor);
}

void disconnect_watch::shutdown()
{
    boost::system::error_code ignored;
    epoll_.close(ignored);
}

void disconnect_watch::add(int socket, peer_observer& observer)
{
    epoll_event interest{};
    interest.events   = EPOLLRDHUP | EPOLLET;
    interest.data.ptr = &observer;
    if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &interest) != 0)
        throw std::system_error(errno, std::system_category(), "watch a connection");
    ++watched_;
    wait();
}

void disconnect_watch::remove(int socket, peer_observer& observer) noexcept
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

void disconnect_watch::wait()
{
    if (waiting_) return;
    waiting_ = true;
    epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
        waiting_ = false;
        if (error == boost::asio::error::bad_descriptor || !epoll_.is_open()) return;
        if (!error) hand_out();
        if (watched_ != 0) wait();
    });
}

void disconnect_watch::hand_out()
{
    events_end_ = ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    for (int i = 0; i < events_end_; ++i) {
        const auto& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) continue;
        const bool reset = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        static_cast<peer_observer*>(event.data.ptr)->on_peer_gone(reset ? disconnect_how::reset : disconnect_how::fin);
    }
    events_end_ = 0;
}

}  // namespace curfew::detail
