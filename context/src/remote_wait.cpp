#include <curfew/detail/remote_wait.hpp>

#include <curfew/detail/cause_record.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/loop.hpp>

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

namespace curfew::detail {

/// Carries the wait to an executor that is not its loop's; dropped where that is destroyed.
class remote_wait::way_back {
public:
    explicit way_back(std::shared_ptr<remote_wait> wait) noexcept : wait_(std::move(wait)) {}
    way_back(way_back&&) noexcept = default;
    ~way_back()
    {
        if (wait_) wait_->abandon();
    }
    void operator()()
    {
        const auto wait = std::move(wait_);
        wait->resume();
    }

private:
    std::shared_ptr<remote_wait> wait_;
};

remote_wait::remote_wait(context own, boost::asio::any_io_executor caller, awaiting_side side)
    : own_(std::move(own)), follows_(side == awaiting_side::cancels)
{
    auto& on = own_.life().loop();
    if (!on.here() || !on.runs(caller))
        foreign_.emplace(boost::asio::prefer(std::move(caller), boost::asio::execution::outstanding_work.tracked));
}

remote_wait::~remote_wait() = default;

void remote_wait::parked()
{
    if (!foreign_) {
        own_.life().loop().keep_in_mind(*this);
        own_.life().loop().work_started();
    }
    begin();
}

void remote_wait::finish()
{
    if (foreign_)
        boost::asio::post(*foreign_, way_back(shared_from_this()));
    else
        own_.life().loop().post([self = shared_from_this()] { self->resume(); });
}

void remote_wait::resume()
{
    if (!waiter_) return;
    leave();
    if (own_.done()) own_.life().work().operation_stopped();
    waiter_.resume();
}

void remote_wait::abandon() noexcept
{
    if (!waiter_) return;
    const auto self = shared_from_this();  // the coroutine may hold the last reference
    leave();
    waiter_.abandon();
}

void remote_wait::leave() noexcept
{
    if (linked()) unlink();
    if (!foreign_) own_.life().loop().work_finished();
    if (outer_.is_connected()) std::exchange(outer_, {}).clear();
    ended();
}

void remote_wait::follow(boost::asio::cancellation_slot outer)
{
    note_wait(own_.node(), outer, own_.where());
    if (!follows_ || !outer.is_connected()) return;
    outer_ = outer;
    // Weak, as the signal may outlive the io_context and the wait with it.
    outer_.assign([self = weak_from_this()](boost::asio::cancellation_type) {
        // A home's emission is the end of another context, or reaches the work through the tree.
        const auto wait = home::emitting() ? nullptr : self.lock();
        if (!wait) return;
        auto& life = wait->own_.life();
        life.cancel(make_cause(cause_kind::canceled, life, wait->own_.where()));
    });
}

}  // namespace curfew::detail
