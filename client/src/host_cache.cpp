#include "host_cache.hpp"

#include "call_error.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/client_error.hpp>
#include <curfew/detail/wait_point.hpp>
#include <curfew/sleep.hpp>

#include <algorithm>
#include <utility>

namespace curfew::detail {

/// Kept by the coroutine that waits and by the entry it waits for; the former may leave first.
struct host_cache::waiting_call {
    explicit waiting_call(loop& on) : woken(on.executor()) {}

    wait_point woken;
    bool       answered = false;
    found_host result;
};

host_cache::host_cache(loop& on, const resolver_options& options, std::shared_ptr<name_resolver> resolver)
    : loop_(on), options_(options), resolver_(std::move(resolver))
{
    loop_.retain();
}

host_cache::~host_cache()
{
    loop_.release();
}

task<host_cache::addresses> host_cache::resolve(const context& ctx, std::string host, std::string origin)
{
    boost::system::error_code not_numeric;
    const auto                numeric = boost::asio::ip::make_address(host, not_numeric);
    if (!not_numeric) co_return addresses(1, numeric);

    forget_old(loop_.now());
    auto& known = hosts_[host];
    if (!known.known.empty()) co_return known.known;

    if (!known.asking && !ask(host, known)) {
        hosts_.erase(host);
        throw client_error(client_errc::queue_full, call_phase::resolve, std::move(origin), "too many look-ups");
    }
    const auto self = shared_from_this();
    const auto call = std::make_shared<waiting_call>(loop_);
    known.waiting.push_back(call);
    const auto waited = co_await call->woken.wait(bind_context(ctx, nothrow));
    if (!call->answered) {
        if (const auto found = hosts_.find(host); found != hosts_.end()) std::erase(found->second.waiting, call);
        throw_ended(ctx, std::get<0>(waited));
    }
    if (!call->result.error.empty())
        throw client_error(client_errc::host_not_found, call_phase::resolve, std::move(origin), call->result.error);
    co_return std::move(call->result.addresses);
}

bool host_cache::ask(const std::string& host, entry& to)
{
    // It arrives on the resolver's thread, when loop and cache may be gone; `post` then drops what it is given.
    struct way_back {
        detail::loop*             to;
        std::weak_ptr<host_cache> cache;
        std::string               host;

        way_back(detail::loop& l, std::weak_ptr<host_cache> c, std::string h) : to(&l), cache(std::move(c)), host(std::move(h))
        {
            to->retain();
        }
        way_back(const way_back& other) : to(other.to), cache(other.cache), host(other.host) { to->retain(); }
        ~way_back() { to->release(); }

        void operator()(found_host result) const
        {
            to->post([cache = cache, host = host, result = std::move(result)]() mutable {
                if (const auto self = cache.lock()) self->finish(host, std::move(result));
            });
        }
    };
    to.asking = resolver_->resolve(host, way_back(loop_, weak_from_this(), host));
    return to.asking;
}

void host_cache::finish(const std::string& host, found_host result)
{
    auto& known   = hosts_[host];
    auto  waiting = std::move(known.waiting);
    if (result.error.empty() && options_.cache.count() > 0) {
        known.asking = false;
        known.until  = loop_.now() + options_.cache;
        known.known  = result.addresses;
        known.waiting.clear();
    } else {
        hosts_.erase(host);
    }
    for (const auto& each : waiting) {
        each->answered = true;
        each->result   = result;
        each->woken.wake();
    }
}

void host_cache::abandon() noexcept
{
    const auto hosts = std::exchange(hosts_, {});
    for (const auto& [host, known] : hosts)
        for (const auto& each : known.waiting) each->woken.abandon();
}

void host_cache::forget_old(time_point now)
{
    std::erase_if(hosts_, [&](const auto& each) { return !each.second.asking && each.second.until <= now; });
}

}  // namespace curfew::detail
