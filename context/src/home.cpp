#include <curfew/detail/home.hpp>

#include <curfew/detail/loop.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <algorithm>

namespace curfew::detail {

using namespace std::chrono_literals;

namespace {
// Well below the grace that a server gives a handler after its deadline.
constexpr duration longest_pause = 16ms;

thread_local bool emission_under_way = false;
}  // namespace

home::home(loop& on) noexcept : loop_(on)
{
    loop_.retain();
}

home::~home()
{
    retarget(nullptr);
    loop_.release();
}

node_ptr<node> home::retarget(node* to) noexcept
{
    if (to == target_.get()) return target_;
    if (repeat_.armed()) loop_.disarm(repeat_);
    pause_ = duration::zero();
    if (target_) {
        target_->remove(*this);
        if (target_->resident() == this) target_->set_resident(nullptr);
    }
    // The new target is in place before the old one's reference goes: it may be the last.
    node_ptr<node> old = std::exchange(target_, to ? node_ptr<node>::share(*to) : node_ptr<node>());
    if (!to) return old;
    if (to->add(*this))
        to->set_resident(this);
    else
        emit_again_after(duration::zero());  // already done: what is awaited from now on ends as well
    return old;
}

bool home::retain() noexcept
{
    acquire();
    return true;
}

void home::fire(const cause_record&) noexcept
{
    if (loop_.here()) {
        emit();
        release();
        return;
    }
    struct on_own_loop {
        explicit on_own_loop(home* h) noexcept : owner(h) {}
        on_own_loop(on_own_loop&& other) noexcept : owner(std::exchange(other.owner, nullptr)) {}
        ~on_own_loop()
        {
            if (owner) owner->release();
        }
        void  operator()() noexcept { owner->emit(); }
        home* owner;
    };
    loop_.post(on_own_loop(this));
}

void home::emit() noexcept
{
    // A cancel that comes late finds another target, which has not ended: it never reaches the next request.
    if (!target_ || !target_->done()) return;
    acquire();  // what the emission ends may drop this home
    const bool outer = std::exchange(emission_under_way, true);
    signal_.emit(boost::asio::cancellation_type::terminal);
    emission_under_way = outer;
    if (target_ && target_->done())
        emit_again_after(pause_ == duration::zero() ? duration(1ms) : std::min<duration>(pause_ * 2, longest_pause));
    release();
}

bool home::emitting() noexcept
{
    return emission_under_way;
}

void home::emit_again_after(duration pause) noexcept
{
    pause_ = pause;
    loop_.arm(repeat_, loop_.now() + pause);
}

void home::on_time(deadline_entry& entry, deadline_event event) noexcept
{
    if (event == deadline_event::due) static_cast<repeat_timer&>(entry).owner.emit();
}

home* find_home(const node_base& from, const boost::asio::cancellation_slot& slot) noexcept
{
    const node& life = from.life();
    if (!slot.is_connected() || !life.loop().here()) return nullptr;
    for (const node_base* n = &from; n; n = n->parent()) {
        const auto& each = n->life();
        if (&each.loop() != &life.loop()) break;
        if (home* const at = each.resident(); at && at->owns(slot)) return at;
    }
    return nullptr;
}

hook_description home::describe() const noexcept
{
    return {hook_description::kind_type::coroutine, "coroutine", waiting_at_};
}

}  // namespace curfew::detail
