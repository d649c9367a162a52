// A transport that HTTP has left.
#pragma once

#include <curfew/detail/raw_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace curfew::detail {

/// Reads first what was received before the hand-over. Handlers hold the transport, so it may be destroyed at any time.
/// `Stream` is a transport's `raw_type`.
template <class Stream>
class raw_stream_on final : public raw_stream {
public:
    raw_stream_on(Stream stream, std::string received) : stream_(std::move(stream)), received_(std::move(received)) {}
    ~raw_stream_on() override { close(); }

    boost::asio::any_io_executor get_executor() const noexcept override { return executor_; }

    void read_some(boost::asio::mutable_buffer buffer, boost::asio::cancellation_slot slot,
                   std::unique_ptr<io_completion> done) override
    {
        if (closed_) return finish(std::move(done), boost::asio::error::bad_descriptor, 0);
        if (!received_.empty() && buffer.size() != 0) {
            const auto size = std::min(buffer.size(), received_.size());
            std::memcpy(buffer.data(), received_.data(), size);
            received_.erase(0, size);
            return finish(std::move(done), {}, size);
        }
        stream_.async_read_some(buffer, boost::asio::bind_cancellation_slot(slot, calling(std::move(done))));
    }
    void write_some(boost::asio::const_buffer buffer, boost::asio::cancellation_slot slot,
                    std::unique_ptr<io_completion> done) override
    {
        if (closed_) return finish(std::move(done), boost::asio::error::bad_descriptor, 0);
        stream_.async_write_some(buffer, boost::asio::bind_cancellation_slot(slot, calling(std::move(done))));
    }

    void shut_down() noexcept override
    {
        if (!closed_) stream_.shut_down_send();
    }
    void close() noexcept override
    {
        if (!std::exchange(closed_, true)) stream_.close(false);
    }

private:
    static auto calling(std::unique_ptr<io_completion> done)
    {
        return [done = std::move(done)](const boost::system::error_code& error, std::size_t size) {
            done->complete(error, size);
        };
    }
    void finish(std::unique_ptr<io_completion> done, boost::system::error_code error, std::size_t size)
    {
        boost::asio::post(executor_, [call = calling(std::move(done)), error, size]() mutable { call(error, size); });
    }

    Stream                       stream_;
    boost::asio::any_io_executor executor_{stream_.get_executor()};
    std::string                  received_;
    bool                         closed_ = false;
};

}  // namespace curfew::detail
