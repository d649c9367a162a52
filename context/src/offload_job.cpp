#include <curfew/detail/offload_job.hpp>

#include <curfew/detail/cause_record.hpp>

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <utility>

namespace curfew::detail {

/// Takes the job back to its coroutine; dropped where the io_context is destroyed.
class offload_job::way_back {
public:
    explicit way_back(std::shared_ptr<offload_job> job) noexcept : job_(std::move(job)) {}
    way_back(way_back&&) noexcept = default;
    ~way_back()
    {
        if (job_) job_->abandon();
    }
    void operator()()
    {
        const auto job = std::move(job_);
        job->resume();
    }

private:
    std::shared_ptr<offload_job> job_;
};

offload_job::offload_job(context own, boost::asio::any_io_executor caller, void (*run)(void*) noexcept, void* argument)
    : own_(std::move(own)),
      caller_(boost::asio::prefer(std::move(caller), boost::asio::execution::outstanding_work.tracked)),
      run_(run),
      argument_(argument)
{
}

void offload_job::submit(const boost::asio::any_io_executor& pool)
{
    const auto self = shared_from_this();
    on_cancel_      = after_cancel(own_, caller_, [self] {
        self->own_.life().work().operation_stopped();
        if (self->leave_queue(phase::withdrawn)) self->resume();
    });
    boost::asio::post(pool, [self] { self->begin(); });
}

void offload_job::begin()
{
    if (!leave_queue(own_.done() ? phase::withdrawn : phase::taken)) return;
    if (called()) run_(argument_);
    boost::asio::post(caller_, way_back(shared_from_this()));
}

bool offload_job::leave_queue(phase to) noexcept
{
    auto expected = phase::queued;
    return phase_.compare_exchange_strong(expected, to, std::memory_order_acq_rel);
}

void offload_job::resume()
{
    on_cancel_.reset();
    if (outer_.is_connected()) std::exchange(outer_, {}).clear();
    waiter_.resume();
}

void offload_job::abandon() noexcept
{
    on_cancel_.reset();
    if (waiter_) waiter_.abandon();
}

void offload_job::follow(boost::asio::cancellation_slot outer)
{
    note_wait(own_.node(), outer, own_.where());
    if (!outer.is_connected()) return;
    outer_ = outer;
    outer_.assign([this](boost::asio::cancellation_type) {
        // A home's emission is the end of another context, or reaches the function through the tree.
        if (!home::emitting()) own_.life().cancel(make_cause(cause_kind::canceled, own_.life(), own_.where()));
    });
}

}  // namespace curfew::detail
