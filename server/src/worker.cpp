#include "worker.hpp"

#include "request_runner.hpp"

#include <curfew/detail/loop.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace curfew::detail {

worker::worker(boost::asio::io_context& io, std::shared_ptr<const service> shared, node& server)
    : io_(io), loop_(loop::of(io)), shared_(std::move(shared)), storage_(shared_->options.limits.field_count),
      root_(new work_node(&server, &server, loop_, node::domain::own, "loop", {})),
      trimmer_(loop_)
{
    loop_.retain();
    loop_.set_detached_root(root_.get());
}

worker::~worker()
{
    loop_.watch_detached(nullptr, nullptr);
    loop_.set_detached_root(nullptr);
    root_ = {};
    loop_.release();
}

void worker::add(request_runner& connection)
{
    connection.next_ = first_;
    if (first_) first_->previous_ = &connection;
    first_ = &connection;
    intrusive_ptr_add_ref(&connection);
    connections_.fetch_add(1, std::memory_order_relaxed);
}

void worker::remove(request_runner& connection) noexcept
{
    (connection.previous_ ? connection.previous_->next_ : first_) = connection.next_;
    if (connection.next_) connection.next_->previous_ = connection.previous_;
    connection.next_ = connection.previous_ = nullptr;
    connections_.fetch_sub(1, std::memory_order_relaxed);
    intrusive_ptr_release(&connection);
    if (draining_) publish();
}

// Work can only be detached by a request, so it is counted at the latest when that one's connection goes.
void worker::publish() noexcept
{
    detached_.store(loop_.detached_running(), std::memory_order_relaxed);
    if (on_less_left_) on_less_left_();
}

std::vector<inflight_request> worker::snapshot() const
{
    std::vector<inflight_request> all;
    for (auto* each = first_; each; each = each->next_)
        if (each->session().has_request()) all.push_back(each->describe());
    return all;
}

namespace {

// Each call may end connections, its own among them; it may not begin any.
template <class F>
void for_each_kept(request_runner* first, request_runner* request_runner::*next, F f)
{
    std::vector<boost::intrusive_ptr<request_runner>> all;
    for (auto* each = first; each; each = each->*next) all.emplace_back(each);
    for (auto& each : all) f(*each);
}

}  // namespace

void worker::abandon() noexcept
{
    abandoned_ = true;
    for_each_kept(first_, &request_runner::next_, [](request_runner& each) { each.abandon(); });
}

void worker::drain() noexcept
{
    draining_ = true;
    loop_.watch_detached([](void* self) { static_cast<worker*>(self)->publish(); }, this);
    publish();
    for_each_kept(first_, &request_runner::next_, [](request_runner& each) {
        each.session().drain();
        each.progress();
    });
    close_idle_soon();
}

// A read that can end now does so when the loop next asks the kernel, and is handled in the turn after that.
void worker::close_idle_soon() noexcept
{
    boost::asio::post(io_, [self = shared_from_this()] {
        boost::asio::post(self->io_, [self] {
            for_each_kept(self->first_, &request_runner::next_, [](request_runner& each) {
                each.session().close_if_idle();
                each.progress();
            });
        });
    });
}

void worker::shut_down() noexcept
{
    const auto now = loop_.now();
    for_each_kept(first_, &request_runner::next_, [now](request_runner& each) {
        each.session().shut_down(now);
        each.progress();
    });
}

}  // namespace curfew::detail
