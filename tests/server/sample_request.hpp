// A request that came from no connection.
#pragma once

#include "request_data.hpp"

#include <curfew/request.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {

/// Owns the head, fields and body that `get()` refers to.
class sample_request : private detail::body_source {
public:
    explicit sample_request(method verb, std::string_view target)
    {
        const auto mark = target.find('?');
        head_.method    = verb;
        head_.target    = keep(target);
        head_.path      = keep(target.substr(0, mark));
        head_.query     = mark == target.npos ? std::string_view() : keep(target.substr(mark + 1));
        head_.authority = "example.org";
        data_.head      = &head_;
        data_.source    = this;
        data_.peer      = "192.0.2.1:4711";
    }

    sample_request& header(std::string_view name, std::string_view value)
    {
        fields_.push_back({keep(name), keep(value)});
        head_.fields = fields_;
        return *this;
    }

    /// A body of known length, which arrives in pieces of `piece` bytes at most.
    sample_request& body(std::string_view bytes, std::size_t piece = SIZE_MAX)
    {
        head_.content_length = bytes.size();
        return chunked(bytes, piece, false);
    }

    sample_request& chunked(std::string_view bytes, std::size_t piece = SIZE_MAX, bool chunked = true)
    {
        head_.chunked = chunked;
        body_         = bytes;
        piece_        = piece;
        return *this;
    }

    request               get() { return request(data_); }
    detail::request_data& data() { return data_; }
    detail::request_head& head() { return head_; }

private:
    std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

    task<std::size_t> read_some(context, boost::asio::mutable_buffer buffer) override
    {
        const auto count = std::min({piece_, body_.size(), buffer.size()});
        std::copy_n(body_.data(), count, static_cast<char*>(buffer.data()));
        body_.erase(0, count);
        received_ += count;
        if (received_ > limit_)
            throw http_error(status::content_too_large, "request body too large");
        co_return count;
    }

    void limit_size(std::uint64_t bytes) noexcept override { limit_ = std::min(limit_, bytes); }

    std::deque<std::string>         texts_;
    std::vector<detail::field_view> fields_;
    detail::request_head            head_;
    detail::request_data            data_;
    std::string                     body_;
    std::size_t                     piece_    = 0;
    std::uint64_t                   received_ = 0;
    std::uint64_t                   limit_    = UINT64_MAX;
};

}  // namespace curfew
