// Where the bytes of a request's body come from: the connection, or a test.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>

namespace curfew::detail {

class body_source {
public:
    /// See `request::read_some`. Is not asked if the request has no body.
    virtual task<std::size_t> read_some(context ctx, boost::asio::mutable_buffer buffer) = 0;

protected:
    ~body_source() = default;
};

}  // namespace curfew::detail
