// GET /cpu?below=20000000: a computation, on a thread of its own.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <boost/asio/thread_pool.hpp>

namespace demo {

/// Loops stay free for other requests while it computes, so it is the pool that bounds how many compute at a time.
/// Its destructor waits for computations under way.
class cpu {
public:
    explicit cpu(unsigned threads) : pool_(threads) {}

    /// Answers with the number of primes below a bound.
    curfew::task<curfew::response> answer(curfew::context ctx, curfew::request req);

private:
    boost::asio::thread_pool pool_;
};

}  // namespace demo
