#include <curfew/detail/sleep_operation.hpp>

#include "end_of.hpp"

#include <boost/asio/error.hpp>

namespace curfew::detail {

time_point time_after(const node& life, duration d) noexcept
{
    const auto now = life.loop().now();
    return d < node::no_deadline - now ? now + d : node::no_deadline;
}

std::exception_ptr exception_of(const node& life, const error_code& ec)
{
    if (!ec) return nullptr;
    if (life.done()) return end_of(life);
    return std::make_exception_ptr(boost::system::system_error(ec, "sleep_for"));
}

std::exception_ptr mapped(const node& life, std::exception_ptr error) noexcept
{
    if (!error || !life.done()) return error;
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        if (e.code() == boost::asio::error::operation_aborted) return end_of(life);
    } catch (...) {
        // Not a cancel: passed on as it is.
    }
    return error;
}

void sleep_slot_handler::operator()(boost::asio::cancellation_type) const
{
    // At home the emission is the context's own end (or the user's); elsewhere a home's emission is about another
    // context.
    if (at_home_ || !home::emitting()) operation_->stop_soon();
}

/// Carries one reference to the loop. Dropped without being called where the io_context is destroyed.
struct sleep_base::step {
    using action = void (sleep_base::*)();

    step(sleep_base* o, action on_loop, action when_dropped = nullptr) noexcept
        : operation(o), run(on_loop), drop(when_dropped)
    {
        o->retain();
    }
    step(step&& other) noexcept
        : operation(std::exchange(other.operation, nullptr)), run(other.run), drop(other.drop)
    {
    }
    ~step()
    {
        if (!operation) return;
        if (drop) (operation->*drop)();
        operation->release();
    }
    void operator()()
    {
        drop = nullptr;
        (operation->*run)();
    }

    sleep_base* operation;
    action      run;
    action      drop;
};

sleep_base::sleep_base(node_ptr<node> life, std::source_location where, boost::asio::cancellation_slot slot) noexcept
    : deadline_entry(&sleep_base::on_event, where), life_(std::move(life)), slot_(slot)
{
    life_->loop().work_started();
}

sleep_base::~sleep_base()
{
    if (linked_) life_->work().operation_finished();
    life_->loop().work_finished();
}

bool sleep_base::retain() noexcept
{
    references_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void sleep_base::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
}

void sleep_base::begin(time_point when, bool linked)
{
    auto& on = life_->loop();
    when_    = when;
    linked_  = linked;
    if (linked) life_->work().operation_started();
    if (on.here())
        arm();
    else
        on.post(step(this, &sleep_base::arm, &sleep_base::drop));
}

void sleep_base::arm() noexcept
{
    auto& on = life_->loop();
    begun_   = true;
    if (ended_ || when_ <= on.now()) {
        ended_ = true;  // due already: no need to bother the timer
        on.post(step(this, &sleep_base::end, &sleep_base::drop));
        return;
    }
    on.arm(*this, when_);
    // Linked only now, on the loop: so whatever ends the sleep finds it armed. A cancel that came before shows here.
    if (linked_ && !life_->add(*this)) stop();
}

void sleep_base::fire(const cause_record&) noexcept
{
    stop_soon();
    release();
}

void sleep_base::stop_soon() noexcept
{
    auto& on = life_->loop();
    if (on.here())
        stop();
    else
        on.post(step(this, &sleep_base::stop));
}

void sleep_base::stop() noexcept
{
    if (ended_) return;
    ended_   = true;
    stopped_ = true;
    if (life_->done()) life_->work().operation_stopped();
    if (!begun_) return;  // the step that is to arm it will end it: only one of them may
    life_->loop().disarm(*this);
    // Never inline: the emission that brought us here must return before the coroutine goes on.
    life_->loop().post(step(this, &sleep_base::end, &sleep_base::drop));
}

void sleep_base::end()
{
    if (linked_) life_->remove(*this);
    complete();
}

void sleep_base::drop() noexcept
{
    ended_ = true;
    if (linked_) life_->remove(*this);
    abandon();
}

void sleep_base::on_event(deadline_entry& entry, deadline_event event)
{
    auto& self  = static_cast<sleep_base&>(entry);
    self.ended_ = true;
    event == deadline_event::due ? self.end() : self.drop();
}

error_code sleep_base::result() const noexcept
{
    if (!stopped_) return {};
    return life_->done() ? life_->error() : error_code(boost::asio::error::operation_aborted);
}

hook_description sleep_base::describe() const noexcept
{
    return {hook_description::kind_type::operation, "sleep", where()};
}

}  // namespace curfew::detail
