// This side's end of a pipe to a program.
#pragma once

#include "unique_fd.hpp"

#include <curfew/context.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/task.hpp>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace curfew::process::detail {

/// A descriptor that the loop watches. Used on that loop only.
class pipe_end {
public:
    pipe_end() noexcept = default;
    pipe_end(curfew::detail::loop& on, unique_fd fd)
    {
        if (fd) descriptor_.emplace(on.executor(), fd.release());
    }

    bool is_open() const noexcept { return descriptor_ && descriptor_->is_open(); }
    void close() noexcept { descriptor_.reset(); }

    /// Waits until something can be read, or the other end is closed.
    task<error_code> readable(context ctx);

    /// Reads what is there: the number of bytes; 0 and no error at the end; `would_block` if there is nothing yet.
    std::pair<error_code, std::size_t> read_some(std::span<char> into) noexcept;

    /// Writes everything.
    task<error_code> write(context ctx, std::string_view data);

private:
    using descriptor = boost::asio::posix::basic_stream_descriptor<curfew::detail::loop::executor_type>;

    std::optional<descriptor> descriptor_;
};

}  // namespace curfew::process::detail
