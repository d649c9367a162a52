// Coroutines of a test on a real loop.
#pragma once

#include "raw_client.hpp"

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>

#include <gtest/gtest.h>

namespace curfew::testing {

/// Runs `f(context)` on a loop of its own until it has ended; rethrows what it throws.
template <class F>
void run_on_loop(F& f)
{
    boost::asio::io_context io(1);
    std::exception_ptr      error;
    bool                    ended = false;
    boost::asio::co_spawn(io, f(background(io)), [&](std::exception_ptr e) {
        error = e;
        ended = true;
    });
    io.run_for(std::chrono::milliseconds(raw_client::guard_ms));
    ASSERT_TRUE(ended) << "still running after " << raw_client::guard_ms << " ms";
    if (error) std::rethrow_exception(error);
}

}  // namespace curfew::testing
