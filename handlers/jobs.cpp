#include "jobs.hpp"

#include "query_within.hpp"

#include <curfew/cause.hpp>
#include <curfew/detach.hpp>
#include <curfew/http_error.hpp>
#include <curfew/json.hpp>
#include <curfew/sleep.hpp>

#include <atomic>
#include <string>
#include <utility>

namespace demo {

using namespace std::chrono_literals;

/// Written by the loop of its request, read by all.
struct jobs::job {
    enum class state : unsigned char { running, finished, canceled };

    explicit job(std::string_view trace) : trace_id(trace) {}

    const std::string               trace_id;
    std::atomic<state>              stands = state::running;
    std::atomic<curfew::cause_kind> request_ended_by{};  ///< `none`: it waits, or has been answered.
};

curfew::task<curfew::response> jobs::start(curfew::context ctx, curfew::request req)
{
    const std::chrono::milliseconds takes(query_within(req, "ms", 800, 0, 10'000));
    const auto                      started = std::make_shared<job>(ctx.trace().id_text());
    {
        const std::lock_guard lock(mutex_);
        last_ = started;
    }
    curfew::detach(ctx, "job", takes + 5s, run, started, takes);

    try {
        while (started->stands == job::state::running)
            co_await curfew::sleep_for(ctx, 10ms);
    } catch (const curfew::context_error& ended) {
        started->request_ended_by = ended.cause().kind();
        throw;
    }
    co_return describe(*started);
}

curfew::response jobs::last(curfew::context, curfew::request) const
{
    std::shared_ptr<const job> which;
    {
        const std::lock_guard lock(mutex_);
        which = last_;
    }
    if (!which)
        throw curfew::http_error(curfew::status::not_found, "no job has been started yet; GET /detach starts one");
    return describe(*which);
}

curfew::task<> jobs::run(curfew::context ctx, std::shared_ptr<job> self, std::chrono::milliseconds takes)
{
    try {
        co_await curfew::sleep_for(ctx, takes);
        self->stands = job::state::finished;
    } catch (...) {
        self->stands = job::state::canceled;
        throw;
    }
}

curfew::response jobs::describe(const job& which)
{
    constexpr const char* names[] = {"running", "finished", "canceled"};

    const auto kind = which.request_ended_by.load();
    return curfew::json(curfew::status::ok,
                        {{"job", names[static_cast<int>(which.stands.load())]},
                         {"request_ended_by", kind == curfew::cause_kind::none ? nlohmann::json() : curfew::to_string(kind)},
                         {"trace_id", which.trace_id}});
}

}  // namespace demo
