// Requests that run through a chain as the connection would run them, on a loop whose time stands still.
#pragma once

#include "chain.hpp"
#include "sample_request.hpp"

#include <curfew/context.hpp>
#include <curfew/handler.hpp>
#include <curfew/middleware.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/test_loop.hpp>
#include <curfew/trace_context.hpp>

#include <utility>
#include <vector>

namespace curfew {

/// A loop, and contexts of requests on it.
class chain_run
{
public:
    testing::manual_clock clock;
    testing::test_loop    loop{clock};

    /// The context of a new request, in a trace of its own.
    context begin() { return with_trace(loop.background(), trace_context::generate(), "request"); }

    /// Starts the chain on a request. What the server makes of exceptions is not part of it.
    testing::started<response> start(const detail::chain& links, context ctx, request req)
    {
        return loop.start(run(links, std::move(ctx), req));
    }

    /// The answer. Precondition: nothing in the chain waits, or throws.
    response answer(std::vector<middleware> around, handler last, context ctx, request req)
    {
        const detail::chain links(std::move(around), std::move(last));
        auto                started = start(links, std::move(ctx), req);
        if (started.exception())
            std::rethrow_exception(started.exception());
        return std::move(started.value());
    }

private:
    static task<response> run(const detail::chain& links, context ctx, request req)
    {
        std::size_t ran    = 0;
        auto        early  = links.before(ctx, req, ran);
        response    answer;
        if (early)
            answer = std::move(*early);
        else
            answer = co_await links.start(ctx, req);
        links.after(ctx, req, answer, ran);
        co_return answer;
    }
};

}  // namespace curfew
