#include <curfew/detail/child_scope.hpp>

#include <curfew/bind_context.hpp>
#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/thrown.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "end_of.hpp"
#include "report.hpp"

#include <limits>
#include <new>

namespace curfew::detail {

namespace {

constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

}  // namespace

context scope_context(const context_here& parent, const char* name)
{
    auto& life = parent.ctx.life();
    return context(node_ptr<node_base>(
        new node(&parent.ctx.node(), &life, life.loop(), node::domain::shared, name, parent.where)));
}

no_result* no_result::nowhere() noexcept
{
    static no_result instance;
    return &instance;
}

residence::residence(home* at, const context& ctx, boost::asio::cancellation_slot own) noexcept : home_(at)
{
    if (!home_) return;
    home_->enter(own);
    home_->retarget(&ctx.life());
}

residence::~residence()
{
    if (!home_) return;
    home_->leave();
    home_->retarget(nullptr);
}

/// What a child's coroutine ends with. Keeps the child's context and home until then.
class child_scope::completion {
public:
    completion(std::shared_ptr<child_scope> scope, child_record child) noexcept
        : scope_(std::move(scope)), child_(std::move(child))
    {
    }
    completion(completion&&) noexcept = default;
    ~completion()
    {
        if (scope_) scope_->abandoned();  // the io_context is being destroyed
    }
    void operator()(std::exception_ptr error)
    {
        const auto scope = std::move(scope_);
        scope->ended(child_, error);
    }

private:
    std::shared_ptr<child_scope> scope_;
    child_record                 child_;
};

child_scope::child_scope(context own, boost::asio::any_io_executor ex)
    : own_(std::move(own)), executor_(std::move(ex)), limit_(no_limit)
{
    auto& loop = own_.life().loop();
    on_loop_   = loop.here() && loop.runs(executor_);
}

child_scope::~child_scope()
{
    // A handle that somebody kept is done from now on, like that of a cancel source.
    if (own_.node().references() > 1) cancel(cause_kind::scope_left);
}

void child_scope::limit(std::size_t most)
{
    limit_ = most == 0 ? 1 : most;
    launch_waiting(0);
}

child_record child_scope::make_child(std::size_t index) const
{
    auto&        life = own_.life();
    context      ctx(node_ptr<node_base>(
        new node(&own_.node(), &life, life.loop(), node::domain::shared, "child", own_.where())));
    child_record child{index, std::move(ctx), std::nullopt};
    if (on_loop_) child.at.emplace(life.loop());
    return child;
}

void child_scope::start(child_record child, task<> body)
{
    if (running_ < limit_)
        launch(std::move(child), std::move(body));
    else
        waiting_.emplace_back(std::move(child), std::move(body));
}

void child_scope::launch(child_record child, task<> body)
{
    ++running_;
    const auto ctx  = child.ctx;
    const auto at   = child.at;
    completion done(shared_from_this(), std::move(child));
    if (at)
        boost::asio::co_spawn(executor_, std::move(body),
                              boost::asio::bind_cancellation_slot((*at)->outer_slot(), std::move(done)));
    else
        boost::asio::co_spawn(executor_, std::move(body), bind_context(ctx, std::move(done)));
}

void child_scope::ended(const child_record& child, std::exception_ptr error)
{
    if (error)
        failed(mapped(child.ctx.life(), error));
    else
        succeeded(child.index);
    let_go();
}

void child_scope::let_go()
{
    launch_waiting(1);
    if (--running_ != 0 || !waiter_) return;
    if (outer_.is_connected()) std::exchange(outer_, {}).clear();
    waiter_.resume();
}

void child_scope::abandoned() noexcept
{
    if (--running_ == 0 && waiter_) waiter_.abandon();
}

void child_scope::launch_waiting(std::size_t ending)
{
    if (!waiting_.empty() && own_.done()) {
        waiting_.clear();
        failed(end_of(own_.life()));
    }
    while (running_ - ending < limit_ && !waiting_.empty()) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        try {
            launch(std::move(next.first), std::move(next.second));
        } catch (...) {
            failed(std::current_exception());
        }
    }
}

void child_scope::follow(boost::asio::cancellation_slot outer)
{
    note_wait(own_.node(), outer, own_.where());
    if (!follows_ || !outer.is_connected()) return;
    outer_ = outer;
    // Weak, as the signal may outlive the io_context and the scope with it.
    outer_.assign([self = weak_from_this()](boost::asio::cancellation_type) {
        // A home emits because its target has ended, which is no concern of another context; and if the children's
        // derives from it, the tree has told them.
        if (const auto scope = home::emitting() ? nullptr : self.lock()) scope->cancel(cause_kind::canceled);
    });
}

void child_scope::cancel(cause_kind kind, std::exception_ptr error) noexcept
{
    auto& life = own_.life();
    if (life.done()) return;
    life.cancel(make_cause(kind, life, life.where(), [&](cause_record& record) { record.error = std::move(error); }));
}

void child_scope::keep(std::exception_ptr error) noexcept
{
    if (first_error_) {
        if (is_cancel(error)) return;
        report_ended(own_, "a later error of", error);  // nobody throws it
    } else {
        first_error_ = error;
    }
    try {
        errors_.push_back(std::move(error));
    } catch (const std::bad_alloc&) {
        // What is thrown is kept, and what is not has been logged.
    }
}

void child_scope::failed(std::exception_ptr error) noexcept
{
    cancel(cause_kind::sibling_failed, error);
    keep(std::move(error));
}

void child_scope::rethrow_first() const
{
    if (first_error_) std::rethrow_exception(first_error_);
}

}  // namespace curfew::detail
