// A connection to another service, as bytes.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>

namespace curfew::detail {

/// What became of reading or writing.
class io_result {
public:
    io_result(boost::system::error_code e, std::size_t n) noexcept : error(e), size(n) {}

    boost::system::error_code error;
    std::size_t               size;
};

/// What carries the bytes of a call: tcp, TLS, or memory in tests. Destroying it closes it.
///
/// Everything runs on one loop. An operation whose context ends completes with the context's error, or with
/// `operation_aborted` when the awaiting coroutine itself is canceled; the stream is good for nothing then but `close`.
class client_stream {
public:
    virtual ~client_stream() = default;

    /// Reads at least one byte; `eof` at the end, `client_errc::truncated` if the end cannot be trusted. Lifetime: `ctx` and the buffer are borrowed until completion.
    virtual task<io_result> read_some(const context& ctx, boost::asio::mutable_buffer into) = 0;
    /// Writes at least one byte.
    virtual task<io_result> write_some(const context& ctx, boost::asio::const_buffer from) = 0;
    /// Writes what goes without waiting; `would_block` if nothing does.
    virtual std::size_t try_write(boost::asio::const_buffer from, boost::system::error_code& error) = 0;

    /// Ends operations under way with `operation_aborted`.
    virtual void cancel() noexcept = 0;
    /// Whether a new request may be sent: the other side has neither closed nor said anything unasked.
    virtual bool is_quiet() noexcept = 0;
    /// Ends both directions. `reset`: at once and for the other side to notice, whatever it has not read yet.
    virtual void close(bool reset) noexcept = 0;
};

using stream_ptr = std::unique_ptr<client_stream>;

}  // namespace curfew::detail
