// A connection without HTTP, of any transport.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace curfew::detail {

/// What is called when a read or write has ended. Destroyed uncalled if the loop ends first.
class io_completion {
public:
    virtual ~io_completion() = default;
    /// Called at most once, on the loop, not within the call that began the operation.
    virtual void complete(boost::system::error_code error, std::size_t size) = 0;
};

/// What `upgraded_stream` stands on. Destroying it closes the connection.
class raw_stream {
public:
    virtual ~raw_stream() = default;

    virtual boost::asio::any_io_executor get_executor() const noexcept = 0;

    /// Begin an operation that an emission at `slot` ends.
    virtual void read_some(boost::asio::mutable_buffer buffer, boost::asio::cancellation_slot slot,
                           std::unique_ptr<io_completion> done)  = 0;
    virtual void write_some(boost::asio::const_buffer buffer, boost::asio::cancellation_slot slot,
                            std::unique_ptr<io_completion> done) = 0;

    virtual void shut_down() noexcept = 0;
    virtual void close() noexcept     = 0;
};

/// Calls `handler` on its own executor, which is kept running until then.
template <class Handler>
std::unique_ptr<io_completion> make_completion(Handler handler, const boost::asio::any_io_executor& loop)
{
    struct holder final : io_completion {
        holder(Handler h, const boost::asio::any_io_executor& fallback)
            : executor(boost::asio::prefer(boost::asio::get_associated_executor(h, fallback),
                                           boost::asio::execution::outstanding_work.tracked)),
              stored(std::move(h))
        {
        }
        void complete(boost::system::error_code error, std::size_t size) override
        {
            boost::asio::dispatch(executor, [handler = std::move(stored), error, size]() mutable {
                std::move(handler)(error, size);
            });
        }

        std::decay_t<decltype(boost::asio::prefer(
            boost::asio::get_associated_executor(std::declval<Handler&>(), std::declval<const boost::asio::any_io_executor&>()),
            boost::asio::execution::outstanding_work.tracked))>
                executor;
        Handler stored;
    };
    return std::make_unique<holder>(std::move(handler), loop);
}

}  // namespace curfew::detail
