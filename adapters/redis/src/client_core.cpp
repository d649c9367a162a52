#include "client_core.hpp"

#include "station.hpp"

#include <stdexcept>
#include <utility>

namespace curfew::redis::detail {

namespace {

options checked(options settings)
{
    if (settings.unix_path.empty() && settings.host.empty()) throw std::invalid_argument("redis: neither a host nor a path");
    if (!settings.username.empty() && settings.password.empty())
        throw std::invalid_argument("redis: a user name without a password");
    if (settings.blocking_connections == 0) throw std::invalid_argument("redis: 0 connections for blocking commands");
    return settings;
}

}  // namespace

client_core::client_core(options settings) : settings_(checked(std::move(settings))) {}

std::string client_core::address() const
{
    if (!settings_.unix_path.empty()) return settings_.unix_path;
    return settings_.host + ":" + std::to_string(settings_.port);
}

std::shared_ptr<station> client_core::station_of(curfew::detail::loop& on)
{
    std::lock_guard lock(mutex_);
    if (closed_) return nullptr;
    auto& place = stations_[&on];
    if (!place) place = std::make_shared<station>(on, shared_from_this());
    return place;
}

void client_core::forget(curfew::detail::loop& gone) noexcept
{
    std::shared_ptr<station> last;  // released without the lock
    std::lock_guard          lock(mutex_);
    if (const auto found = stations_.find(&gone); found != stations_.end()) {
        last = std::move(found->second);
        stations_.erase(found);
    }
}

void client_core::close()
{
    std::map<curfew::detail::loop*, std::shared_ptr<station>> all;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        all.swap(stations_);
    }
    for (const auto& each : all) each.second->close_later();
}

}  // namespace curfew::redis::detail
