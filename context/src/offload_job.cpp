#include <curfew/detail/offload_job.hpp>

#include <curfew/detail/cause_record.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace curfew::detail {

offload_job::offload_job(context own, boost::asio::any_io_executor caller, boost::asio::any_io_executor pool,
                         void (*run)(void*) noexcept, void* argument, awaiting_side side)
    : remote_wait(std::move(own), std::move(caller), side), pool_(std::move(pool)), run_(run), argument_(argument)
{
}

void offload_job::begin()
{
    const auto self = std::static_pointer_cast<offload_job>(shared_from_this());
    on_cancel_      = after_cancel(get_context(), [self] {
        if (self->leave_queue(phase::withdrawn)) self->finish();
    });
    // Not kept: the pool may be gone by the time this is.
    const auto pool = std::exchange(pool_, boost::asio::any_io_executor());
    boost::asio::post(pool, [self] { self->run_on_pool(); });
}

void offload_job::run_on_pool()
{
    const bool too_late = get_context().done();
    if (!leave_queue(too_late ? phase::withdrawn : phase::taken)) return;
    if (too_late) return finish();
    run_(argument_);
    phase_.store(phase::returned, std::memory_order_release);
    phase_.notify_all();
    finish();
}

bool offload_job::leave_queue(phase to) noexcept
{
    auto expected = phase::queued;
    return phase_.compare_exchange_strong(expected, to, std::memory_order_acq_rel);
}

void offload_job::ended() noexcept
{
    on_cancel_.reset();
    // What follows does something only where the io_context goes first: the coroutine's frame is about to be destroyed,
    // and the function may be using it.
    if (leave_queue(phase::withdrawn) || phase_.load(std::memory_order_acquire) != phase::taken) return;
    auto& life = get_context().life();
    life.cancel(make_cause(cause_kind::scope_left, life, life.where()));
    phase_.wait(phase::taken, std::memory_order_acquire);
}

}  // namespace curfew::detail
