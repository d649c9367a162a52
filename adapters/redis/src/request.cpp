#include "request.hpp"

#include "station.hpp"

#include <curfew/detail/loop.hpp>

#include <utility>

namespace curfew::redis::detail {

request::request(context own, boost::asio::any_io_executor caller, std::shared_ptr<station> at, connection which,
                 std::string name, std::string bytes, std::size_t commands)
    : remote_wait(std::move(own), std::move(caller)),
      station_(std::move(at)),
      which_(which),
      name_(std::move(name)),
      bytes_(std::move(bytes)),
      commands_(commands)
{
}

void request::begin()
{
    const auto self = std::static_pointer_cast<request>(shared_from_this());
    auto&      loop = get_context().life().loop();
    on_cancel_      = after_cancel(get_context(), loop.executor(), [self] { self->cancel(); });
    if (loop.here())
        station_->submit(self);
    else
        loop.post([self] { self->station_->submit(self); });
}

void request::take(reply one)
{
    outcome_.replies.push_back(std::move(one));
    if (outcome_.replies.size() == commands_) complete();
}

void request::fail(error_code code, std::string what)
{
    if (completed_) return;
    outcome_ = outcome::failed(code, std::move(what));
    complete();
}

void request::cancel()
{
    if (completed_) return;  // the replies are there: they are delivered
    station_->give_up(*this);
    outcome_ = outcome::ended_by(get_context().cause());
    complete();
}

void request::complete()
{
    completed_ = true;
    on.reset();
    finish();
}

}  // namespace curfew::redis::detail
