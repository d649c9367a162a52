// Where the bytes of a request's body come from: the connection, or a test.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>

namespace curfew::detail {

class body_source {
public:
    /// See `request::read_some`. Is not asked if the request has no body.
    virtual task<std::size_t> read_some(context ctx, boost::asio::mutable_buffer buffer) = 0;

    /// Lowers the limit on the size of the body; a higher one changes nothing. See `request::limit_body`.
    virtual void limit_size(std::uint64_t bytes) noexcept = 0;

protected:
    ~body_source() = default;
};

}  // namespace curfew::detail
