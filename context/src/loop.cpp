#include <curfew/detail/loop.hpp>

#include <curfew/detail/node.hpp>

#include <algorithm>

namespace curfew {

void use_clock(boost::asio::io_context& io, const clock& source)
{
    detail::loop::of(io).set_clock(source);
}

namespace detail {

/// Ties a loop to the life of its io_context.
class loop_service final : public boost::asio::execution_context::service {
public:
    using key_type = loop_service;
    static boost::asio::execution_context::id id;

    explicit loop_service(boost::asio::execution_context& context)
        : service(context), loop_(*new loop(static_cast<boost::asio::io_context&>(context)))
    {
    }
    ~loop_service() override { loop_.release(); }

    loop& get() noexcept { return loop_; }

private:
    void shutdown() override { loop_.shut_down(); }

    loop& loop_;
};

boost::asio::execution_context::id loop_service::id;

loop& loop::of(boost::asio::io_context& io)
{
    return boost::asio::use_service<loop_service>(io).get();
}

loop::loop(boost::asio::io_context& io) : io_(&io), executor_(io.get_executor())
{
    driver_.emplace(executor_);
}

loop::~loop() = default;

void loop::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void loop::drive(time_point when)
{
    // An entry taken out again leaves the driver armed: the early wake-up is harmless, and disarming would cost a
    // system call for each request. Its wait must not keep run() from returning, so it does not count as work; we
    // are in a handler here, so the count does not reach zero in between.
    driver_at_ = when;
    driver_->expires_at(when);
    driver_->async_wait([this](const boost::system::error_code& ec) {
        work_started();
        if (ec) return;  // re-armed for an earlier entry
        driver_at_ = time_point::max();
        fire_due();
    });
    work_finished();
}

bool loop::fire_one(time_point now)
{
    if (heap_.empty() || heap_.earliest() > now) return false;
    heap_.pop().fire(deadline_event::due);
    return true;
}

void loop::fire_due()
{
    // A handler may throw, out of run(); those behind it then have their turn when run() is called again.
    struct rearming {
        loop& self;
        ~rearming()
        {
            const auto& heap = self.heap_;
            if (!heap.empty() && heap.earliest() < self.driver_at_) self.drive(heap.earliest());
        }
    };
    const rearming rest{*this};
    const auto     at = now();
    while (fire_one(at)) {}
}

void loop::at_turn_end(turn_end_task& task)
{
    turn_end_.push_back(&task);
    if (turn_end_posted_) return;
    turn_end_posted_ = true;
    boost::asio::post(executor_, [this] { run_turn_end(); });
}

void loop::cancel_turn_end(turn_end_task& task) noexcept
{
    std::replace(turn_end_.begin(), turn_end_.end(), &task, static_cast<turn_end_task*>(nullptr));
    std::replace(turn_end_running_.begin(), turn_end_running_.end(), &task, static_cast<turn_end_task*>(nullptr));
}

void loop::run_turn_end() noexcept
{
    turn_end_posted_ = false;
    turn_end_running_.swap(turn_end_);
    for (std::size_t i = 0; i < turn_end_running_.size(); ++i)
        if (auto* task = turn_end_running_[i]) task->on_turn_end();
    turn_end_running_.clear();
}

node& loop::detached_root()
{
    if (!detached_root_)
        detached_root_ = new work_node(nullptr, nullptr, *this, node::domain::own, "detached", {});
    return *detached_root_;
}

void loop::set_detached_root(node* root) noexcept
{
    if (root) root->acquire();
    if (detached_root_) detached_root_->release();
    detached_root_ = root;
}

node& loop::protected_root()
{
    if (!protected_root_)
        protected_root_ = new work_node(nullptr, nullptr, *this, node::domain::own, "protected", {});
    return *protected_root_;
}

void loop::shut_down() noexcept
{
    {
        std::lock_guard lock(gone_mutex_);
        io_.store(nullptr, std::memory_order_relaxed);
    }
    // From here on nothing is posted or armed. What is abandoned destroys handlers of users.
    driver_.reset();
    while (!heap_.empty()) heap_.pop().fire(deadline_event::abandoned);
    while (!waits_.empty()) waits_.pop_front().abandon();
    while (!leases_.empty()) leases_.pop_front();
    set_detached_root(nullptr);
    if (protected_root_) std::exchange(protected_root_, nullptr)->release();
}

}  // namespace detail

}  // namespace curfew
