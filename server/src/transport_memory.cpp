#include "transport_memory.hpp"

#include <curfew/detail/loop.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <cstring>

namespace curfew::detail {

memory_wire::memory_wire(executor_type ex, std::source_location where)
    : executor_(ex), socket_(loop::of(boost::asio::query(ex, boost::asio::execution::context)),
                             lease::kind_type::open_socket, "memory connection", where)
{
}

std::shared_ptr<memory_wire> make_memory_wire(memory_wire::executor_type ex, std::source_location where)
{
    auto wire   = std::make_shared<memory_wire>(ex, where);
    wire->self_ = wire;
    return wire;
}

void memory_wire::client_sends(std::string_view bytes)
{
    to_server_ += bytes;
    progress();
}

void memory_wire::client_finishes()
{
    client_finished_ = true;
    progress();
}

void memory_wire::client_closes()
{
    client_finished_ = client_closed_ = true;
    window_                           = SIZE_MAX;  // nobody is there to hold it shut
    progress();
}

void memory_wire::client_resets()
{
    client_reset_ = true;
    to_server_.clear();
    progress();
}

void memory_wire::client_window(std::size_t bytes)
{
    window_ = bytes;
    progress();
}

void memory_wire::abort(std::unique_ptr<operation>& op)
{
    if (op) complete(op, boost::asio::error::operation_aborted, 0);
}

void memory_wire::progress()
{
    progress_read();
    progress_write();
    notice();
}

void memory_wire::progress_read()
{
    if (!reading_) return;
    if (server_closed_) return complete(reading_, boost::asio::error::operation_aborted, 0);
    if (client_reset_) return complete(reading_, boost::asio::error::connection_reset, 0);
    if (!to_server_.empty()) {
        const auto size = std::min(to_server_.size(), read_into_.size());
        if (size != 0) std::memcpy(read_into_.data(), to_server_.data(), size);
        to_server_.erase(0, size);
        return complete(reading_, {}, size);
    }
    if (client_finished_) complete(reading_, boost::asio::error::eof, 0);
}

void memory_wire::progress_write()
{
    if (!writing_) return;
    if (server_closed_) return complete(writing_, boost::asio::error::operation_aborted, 0);
    if (client_reset_) return complete(writing_, boost::asio::error::broken_pipe, 0);
    if (window_ == 0) return;
    const auto size = std::min(window_, write_from_.size());
    take(boost::asio::buffer(write_from_, size));
    complete(writing_, {}, size);
}

void memory_wire::take(boost::asio::const_buffer bytes)
{
    if (client_closed_) {
        boost::asio::post(executor_, [self = self_.lock()] {
            if (self) self->client_resets();
        });
        return;
    }
    to_client_.append(static_cast<const char*>(bytes.data()), bytes.size());
    if (window_ != SIZE_MAX) window_ -= bytes.size();
}

void memory_wire::notice()
{
    const auto how = client_reset_      ? disconnect_how::reset
                     : client_finished_ ? disconnect_how::fin
                                        : disconnect_how::none;
    if (!observer_ || how == told_) return;
    told_ = how;
    boost::asio::post(executor_, [self = self_.lock(), how] {
        if (self && self->observer_) self->observer_->on_peer_gone(how);
    });
}

void memory_wire::complete(std::unique_ptr<operation>& op, boost::system::error_code error, std::size_t size)
{
    boost::asio::post(executor_, [op = std::move(op), error, size] { op->complete(error, size); });
}

std::size_t memory_stream::write_some(boost::asio::const_buffer from, boost::system::error_code& error)
{
    auto& wire = *wire_;
    error      = {};
    if (wire.client_reset_ || wire.server_closed_) {
        error = boost::asio::error::broken_pipe;
        return 0;
    }
    if (wire.window_ == 0) {
        error = boost::asio::error::would_block;
        return 0;
    }
    const auto size = std::min(wire.window_, from.size());
    wire.take(boost::asio::buffer(from, size));
    return size;
}

void memory_stream::close(bool reset) noexcept
{
    unwatch();
    wire_->server_closed_ = true;
    wire_->server_reset_  = reset;
    wire_->socket_.end();
    wire_->progress();
}

bool memory_stream::watch(peer_observer& observer)
{
    if (!watched_) return false;
    wire_->observer_ = &observer;
    wire_->notice();
    return true;
}

}  // namespace curfew::detail
