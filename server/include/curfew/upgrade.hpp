// Leaving HTTP: the raw stream of a connection, for WebSocket and other protocols.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/raw_stream.hpp>
#include <curfew/request.hpp>
#include <curfew/task.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace boost::beast {
enum class role_type;
}

namespace curfew {

/// The connection that `upgrade` handed over: an AsyncReadStream and AsyncWriteStream in Asio's sense, with any token.
///
/// What the client sent behind the head of its request comes first. Operations obey the context that they are bound to or
/// awaited under, like those of a socket. At most one read and one write at a time.
///
/// Destroying it closes the connection; operations under way end with `operation_aborted`.
/// Distinct objects: safe. Shared objects: not.
class upgraded_stream {
public:
    using executor_type = boost::asio::any_io_executor;

    explicit upgraded_stream(std::unique_ptr<detail::raw_stream> raw) noexcept : raw_(std::move(raw)) {}

    executor_type get_executor() const noexcept { return raw_->get_executor(); }

    /// Reads at least one byte. At the end of the stream: `asio::error::eof`.
    template <class MutableBuffers, class CompletionToken>
    auto async_read_some(const MutableBuffers& buffers, CompletionToken&& token)
    {
        return boost::asio::async_initiate<CompletionToken, void(boost::system::error_code, std::size_t)>(
            [raw = raw_.get()](auto handler, boost::asio::mutable_buffer buffer) {
                const auto slot = boost::asio::get_associated_cancellation_slot(handler);
                raw->read_some(buffer, slot, detail::make_completion(std::move(handler), raw->get_executor()));
            },
            token, first_not_empty<boost::asio::mutable_buffer>(buffers));
    }

    /// Writes at least one byte.
    template <class ConstBuffers, class CompletionToken>
    auto async_write_some(const ConstBuffers& buffers, CompletionToken&& token)
    {
        return boost::asio::async_initiate<CompletionToken, void(boost::system::error_code, std::size_t)>(
            [raw = raw_.get()](auto handler, boost::asio::const_buffer buffer) {
                const auto slot = boost::asio::get_associated_cancellation_slot(handler);
                raw->write_some(buffer, slot, detail::make_completion(std::move(handler), raw->get_executor()));
            },
            token, first_not_empty<boost::asio::const_buffer>(buffers));
    }

    /// Says that nothing more will be written.
    void shut_down() noexcept { raw_->shut_down(); }

    /// Ends both directions.
    void close() noexcept { raw_->close(); }

    /// How Beast's WebSocket ends its connection.
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, upgraded_stream& stream, Handler&& handler)
    {
        stream.shut_down();
        boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
            std::move(handler)(boost::system::error_code());
        });
    }
    friend void beast_close_socket(upgraded_stream& stream) { stream.close(); }

private:
    /// One buffer is enough for `some`; an empty sequence gives an empty one.
    template <class Buffer, class Buffers>
    static Buffer first_not_empty(const Buffers& buffers)
    {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
            if (const Buffer buffer(*at); buffer.size() != 0)
                return buffer;
        }
        return Buffer();
    }

    std::unique_ptr<detail::raw_stream> raw_;
};

/// Takes the connection out of HTTP's hands, for the protocol that the client offered in its `Upgrade` field.
///
/// Nothing is sent: the 101 is the new protocol's, as its handshake writes it (Beast's `websocket::stream::async_accept`
/// does, from the request's fields). The disconnect watch is disarmed: reads now tell when the client leaves. The context
/// goes on; a deadline of it still binds what is bound to it. The handler's answer is dropped.
///
/// Completes: when the answers to the requests before this one have been sent.
/// Errors:    `http_error` 426 if the client did not offer `protocol`, 501 if the transport cannot be
///            handed over; the context's error if `ctx` is done.
task<upgraded_stream> upgrade(context ctx, request req, std::string_view protocol);

}  // namespace curfew
