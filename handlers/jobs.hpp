// GET /detach, GET /detach/last: work that goes on although the client left, and what became of it.
#pragma once

#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <chrono>
#include <memory>
#include <mutex>

namespace demo {

class jobs {
public:
    /// Starts a job of its own, which takes `?ms=800`, and answers when that has ended.
    curfew::task<curfew::response> start(curfew::context ctx, curfew::request req);

    /// Answers with the job that was started last: how it stands, and how the request that started it ended.
    curfew::response last(curfew::context ctx, curfew::request req) const;

private:
    struct job;

    static curfew::task<> run(curfew::context ctx, std::shared_ptr<job> self, std::chrono::milliseconds takes);
    static curfew::response describe(const job& which);

    mutable std::mutex         mutex_;
    std::shared_ptr<const job> last_;
};

}  // namespace demo
