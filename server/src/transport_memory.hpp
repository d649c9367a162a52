// Connections within the process, whose other side is driven by a test.
#pragma once

#include "transport_observer.hpp"

#include <curfew/detail/lease.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace curfew::detail {

/// Both directions of a connection in memory. Completions are posted, as those of sockets are. Not thread-safe.
class memory_wire {
public:
    using executor_type = boost::asio::io_context::executor_type;

    memory_wire(executor_type ex, std::source_location where);
    memory_wire(const memory_wire&)            = delete;
    memory_wire& operator=(const memory_wire&) = delete;

    // ---- the client's side
    void client_sends(std::string_view bytes);
    /// Shuts down sending: the server reads what is there, then the end.
    void client_finishes();
    /// Closes, as a process that ends does: a FIN, and a reset for what the server still sends.
    void client_closes();
    /// Resets: what is unread on either side is lost.
    void client_resets();
    /// Takes everything that the server has sent.
    std::string client_receives() { return std::exchange(to_client_, {}); }
    /// How many more bytes the server may send before it has to wait. Default: no bound.
    void client_window(std::size_t bytes);

    /// Whether the server has something to read: bytes, the end, or a reset.
    bool readable() const noexcept { return !to_server_.empty() || client_finished_ || client_reset_; }

    bool server_finished() const noexcept { return server_finished_; }
    bool server_closed() const noexcept { return server_closed_; }
    bool server_reset() const noexcept { return server_reset_; }

private:
    friend class memory_stream;

    /// An operation under way: a handler that is called once.
    struct operation {
        virtual ~operation()                                                     = default;
        virtual void complete(boost::system::error_code error, std::size_t size) = 0;
    };

    void abort(std::unique_ptr<operation>& op);
    void progress();
    void progress_read();
    std::size_t read(boost::asio::mutable_buffer into, boost::system::error_code& error);
    void progress_write();
    void take(boost::asio::const_buffer bytes);
    void notice();
    void tell();
    void complete(std::unique_ptr<operation>& op, boost::system::error_code error, std::size_t size);

    executor_type                 executor_;
    std::string                   to_server_, to_client_;
    bool                          client_finished_ = false, client_closed_ = false, client_reset_ = false;
    bool                          server_finished_ = false, server_closed_ = false, server_reset_ = false;
    std::size_t                   window_ = SIZE_MAX;
    std::unique_ptr<operation>    reading_, writing_;
    boost::asio::mutable_buffer   read_into_;
    boost::asio::const_buffer     write_from_;
    transport_observer*           observer_ = nullptr;
    bool                          tells_departure_ = false;
    bool                          awaits_room_     = false;  // a write would have blocked
    readiness                     untold_;
    disconnect_how                told_gone_    = disconnect_how::none;
    bool                          telling_      = false;  // posted
    lease                         socket_;                // the server's
    std::weak_ptr<memory_wire>    self_;
    friend std::shared_ptr<memory_wire> make_memory_wire(executor_type, std::source_location);
};

/// Connects. `where` is what a connection that the server never closes is reported with.
std::shared_ptr<memory_wire> make_memory_wire(memory_wire::executor_type ex,
                                              std::source_location       where = std::source_location::current());

/// The server's side of a `memory_wire`: a transport as `connection` wants it, and what is left of it as a raw stream.
class memory_stream {
public:
    using executor_type = memory_wire::executor_type;
    using raw_type      = memory_stream;

    /// `watched`: whether the stream tells of the peer's departure by itself, as TCP does on Linux.
    memory_stream(std::shared_ptr<memory_wire> wire, bool watched) noexcept : wire_(std::move(wire)), watched_(watched) {}

    executor_type get_executor() const noexcept { return wire_->executor_; }

    template <class Handler>
    void async_read_some(boost::asio::mutable_buffer into, Handler handler)
    {
        cancel_by(handler, &memory_wire::reading_);
        wire_->read_into_ = into;
        wire_->reading_   = std::make_unique<holder<Handler>>(std::move(handler));
        wire_->progress();
    }
    template <class Handler>
    void async_write_some(boost::asio::const_buffer from, Handler handler)
    {
        cancel_by(handler, &memory_wire::writing_);
        wire_->write_from_ = from;
        wire_->writing_    = std::make_unique<holder<Handler>>(std::move(handler));
        wire_->progress();
    }
    std::size_t read_some(boost::asio::mutable_buffer into, boost::system::error_code& error);
    bool        readable() const noexcept { return wire_->readable(); }
    void        notice(readiness) noexcept {}
    std::size_t write_some(boost::asio::const_buffer from, boost::system::error_code& error);
    void        await_writable() noexcept { wire_->awaits_room_ = true; }
    void        shut_down_send() noexcept { wire_->server_finished_ = true; }
    void        close(bool reset) noexcept;
    bool        watch(transport_observer& observer);
    void        unwatch() noexcept;
    raw_type    release();
    std::string peer() const { return "memory"; }

private:
    template <class Handler>
    struct holder final : memory_wire::operation {
        explicit holder(Handler h) : handler(std::move(h)) {}
        void complete(boost::system::error_code error, std::size_t size) override
        {
            auto local = std::move(handler);
            std::move(local)(error, size);
        }
        Handler handler;
    };

    template <class Handler>
    void cancel_by(const Handler& handler, std::unique_ptr<memory_wire::operation> memory_wire::*op)
    {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([wire = wire_.get(), op](boost::asio::cancellation_type) { wire->abort(wire->*op); });
    }

    std::shared_ptr<memory_wire> wire_;
    bool                         watched_;
};

}  // namespace curfew::detail
