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
    boost::system::error_code error;
    const auto                size = read(read_into_, error);
    if (error != boost::asio::error::would_block) complete(reading_, error, size);
}

std::size_t memory_wire::read(boost::asio::mutable_buffer into, boost::system::error_code& error)
{
    const auto size = std::min(to_server_.size(), into.size());
    if (server_closed_)
        error = boost::asio::error::operation_aborted;
    else if (client_reset_)
        error = boost::asio::error::connection_reset;
    else if (!to_server_.empty())
        std::memcpy(into.data(), to_server_.data(), size);
    else if (client_finished_)
        error = boost::asio::error::eof;
    else
        error = boost::asio::error::would_block;
    if (error) return 0;
    to_server_.erase(0, size);
    return size;
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

// Tells once of everything that happens in one go, as a kernel does.
void memory_wire::notice()
{
    if (!observer_) return;
    const auto how = client_reset_      ? disconnect_how::reset
                     : client_finished_ ? disconnect_how::fin
                                        : disconnect_how::none;
    if (tells_departure_ && how != told_gone_) untold_.gone = told_gone_ = how;
    if (awaits_room_ && (window_ != 0 || client_reset_)) untold_.writable = !(awaits_room_ = false);
    untold_.readable |= readable();
    const bool anything = untold_.readable || untold_.writable || untold_.gone != disconnect_how::none;
    if (!anything || std::exchange(telling_, true)) return;
    boost::asio::post(executor_, [self = self_.lock()] {
        if (self) self->tell();
    });
}

void memory_wire::tell()
{
    telling_ = false;
    const auto what = std::exchange(untold_, {});
    if (observer_) observer_->on_ready(what);
}

void memory_wire::complete(std::unique_ptr<operation>& op, boost::system::error_code error, std::size_t size)
{
    boost::asio::post(executor_, [op = std::move(op), error, size] { op->complete(error, size); });
}

std::size_t memory_stream::read_some(boost::asio::mutable_buffer into, boost::system::error_code& error)
{
    return wire_->read(into, error);
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

bool memory_stream::watch(transport_observer& observer)
{
    wire_->observer_        = &observer;
    wire_->tells_departure_ = watched_;
    wire_->notice();
    return watched_;
}

void memory_stream::unwatch() noexcept
{
    wire_->observer_ = nullptr;
    wire_->untold_   = {};
}

auto memory_stream::release() -> raw_type
{
    unwatch();
    return std::move(*this);
}

}  // namespace curfew::detail
