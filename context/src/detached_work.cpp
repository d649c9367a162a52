#include <curfew/detail/detached_work.hpp>

#include <curfew/detail/bound_operation.hpp>
#include <curfew/detail/sleep_operation.hpp>

#include "report.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <optional>

namespace curfew::detail {

namespace {

/// Counts the work, and keeps its context and home, until its coroutine has ended or is destroyed.
class completion {
public:
    completion(home_ptr at, context ctx) noexcept : at_(std::move(at)), ctx_(std::move(ctx))
    {
        ctx_->life().loop().detached_started();
    }
    completion(completion&& other) noexcept : at_(std::move(other.at_)), ctx_(std::exchange(other.ctx_, std::nullopt)) {}
    ~completion()
    {
        if (ctx_) ctx_->life().loop().detached_finished();
    }
    void operator()(std::exception_ptr error) const noexcept
    {
        if (error) report_ended(*ctx_, "detached work", mapped(ctx_->life(), error));
    }

private:
    home_ptr               at_;
    std::optional<context> ctx_;
};

node_ptr<work_node> detached_node(const context& from, const char* name, std::source_location where)
{
    auto& on = from.life().loop();
    return node_ptr<work_node>(new work_node(&from.node(), &on.detached_root(), on, node::domain::own, name, where));
}

}  // namespace

context detached_context(const context& from, const char* name, duration budget, std::source_location where)
{
    const auto made = detached_node(from, name, where);
    made->set_deadline(time_after(*made, budget), {deadline_origin::timeout_in_code, "", budget, where},
                       made->started());
    return context(node_ptr<node_base>::share(*made));
}

context detached_context(const context& from, const char* name, std::source_location where)
{
    return context(node_ptr<node_base>::share(*detached_node(from, name, where)));
}

void launch_detached(home_ptr at, const context& ctx, task<> body)
{
    const auto slot = at->outer_slot();
    const auto ex   = ctx.life().loop().executor();
    completion done(std::move(at), ctx);
    boost::asio::co_spawn(ex, std::move(body), boost::asio::bind_cancellation_slot(slot, std::move(done)));
}

}  // namespace curfew::detail
