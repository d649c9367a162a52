// Who gives the connection of a request away: the connection, or a test.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/raw_stream.hpp>
#include <curfew/task.hpp>

#include <memory>

namespace curfew::detail {

class stream_source {
public:
    /// See `upgrade`. Is asked at most once for a request.
    virtual task<std::unique_ptr<raw_stream>> take_over(context ctx) = 0;

protected:
    ~stream_source() = default;
};

}  // namespace curfew::detail
