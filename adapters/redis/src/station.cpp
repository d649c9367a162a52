#include "station.hpp"

#include "client_core.hpp"

#include <algorithm>
#include <utility>

namespace curfew::redis::detail {

station::station(curfew::detail::loop& on, std::shared_ptr<client_core> of)
    : loop_(on),
      client_(std::move(of)),
      slots_(std::make_shared<curfew::detail::slot_pool>(client_->settings().blocking_connections,
                                                        client_->settings().max_waiting))
{
    loop_.retain();
}

station::~station()
{
    loop_.release();
}

void station::submit(std::shared_ptr<request> one)
{
    if (closed_) return refuse(*one, errc::closed, "the client is closed");
    if (!linked()) loop_.keep_in_mind(*this);
    if (one->get_context().done()) return;  // its cancel is on the way here
    if (one->which() == request::connection::own) return send(free_wire(), std::move(one));
    submit_shared(std::move(one));
}

void station::submit_shared(std::shared_ptr<request> one)
{
    if (shared_ && shared_->load() >= client_->settings().max_waiting)
        return refuse(*one, errc::too_many_waiting, std::to_string(shared_->load()) + " commands wait already");
    // A server that was restarted shows now, before anything is lost on the old connection.
    if (!shared_ || shared_->dead() || (shared_->idle() && !shared_->alive())) {
        if (shared_) shared_->drop();
        shared_ = std::make_shared<wire>(loop_, client_, [at = weak_from_this()](auto unsent) {
            const auto here = at.lock();
            for (auto& each : unsent)
                if (here && !each->completed()) here->submit(std::move(each));
        });
    }
    send(shared_, std::move(one));
}

std::shared_ptr<wire> station::free_wire()
{
    std::erase_if(own_, [](const auto& each) {
        if (each->dead()) return true;
        if (!each->idle() || each->alive()) return false;
        each->drop();
        return true;
    });
    const auto idle = std::ranges::find_if(own_, [](const auto& each) { return each->idle(); });
    if (idle != own_.end()) return *idle;
    own_.push_back(std::make_shared<wire>(loop_, client_, [](const auto&) {}));
    return own_.back();
}

void station::send(std::shared_ptr<wire> by, std::shared_ptr<request> one)
{
    one->on = by;
    by->send(std::move(one));
}

void station::give_up(request& one)
{
    const auto by = one.on;
    if (!by) return;
    by->give_up(one);
    // The server notices that its client has gone, and stops waiting for it.
    if (one.which() == request::connection::own) by->drop();
}

void station::refuse(request& one, error_code code, const std::string& why) const
{
    one.fail(code, "redis " + client_->address() + ": " + why + ": " + one.name());
}

void station::close_later()
{
    loop_.post([self = shared_from_this()] { self->close(); });
}

void station::close()
{
    closed_ = true;
    if (linked()) unlink();
    slots_->close();
    const std::string what = "redis " + client_->address() + ": the client is closed";
    if (shared_) std::exchange(shared_, nullptr)->close(errc::closed, what);
    for (const auto& each : std::exchange(own_, {})) each->close(errc::closed, what);
}

void station::abandon() noexcept
{
    const auto self = shared_from_this();  // the client may hold the last reference
    closed_         = true;
    client_->forget(loop_);
    if (shared_) std::exchange(shared_, nullptr)->drop();
    for (const auto& each : std::exchange(own_, {})) each->drop();
}

}  // namespace curfew::redis::detail
