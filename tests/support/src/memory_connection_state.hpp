// What a client's end shares with the server that it is connected to.
#pragma once

#include "transport_memory.hpp"

#include <curfew/testing/memory_connection.hpp>
#include <curfew/testing/test_loop.hpp>

#include <memory>
#include <string>

namespace curfew::testing {

/// Whether something that has happened is to be served at once.
struct runner {
    test_loop* loop = nullptr;  ///< Null once the server is gone.
    int        held = 0;

    void run()
    {
        if (loop && held == 0) loop->run_ready();
    }
};

struct memory_connection::state {
    std::shared_ptr<runner>                      server;
    std::shared_ptr<curfew::detail::memory_wire> wire;
    std::string                                  received;
};

}  // namespace curfew::testing
