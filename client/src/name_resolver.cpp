#include "name_resolver.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace curfew::detail {

namespace {

constexpr std::chrono::seconds thread_stays{10};

boost::asio::ip::address address_of(const sockaddr& from)
{
    namespace ip = boost::asio::ip;
    if (from.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
        return ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    const auto&              v6 = reinterpret_cast<const sockaddr_in6&>(from);
    ip::address_v6::bytes_type bytes;
    std::copy_n(v6.sin6_addr.s6_addr, bytes.size(), bytes.begin());
    return ip::address_v6(bytes, v6.sin6_scope_id);
}

}  // namespace

found_host ask_system(const std::string& host)
{
    addrinfo hints{};
    hints.ai_family   = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags    = AI_ADDRCONFIG;

    found_host result;
    addrinfo*  list = nullptr;
    if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
        result.error = ::gai_strerror(code);
        return result;
    }
    for (const auto* each = list; each; each = each->ai_next)
        if (each->ai_family == AF_INET || each->ai_family == AF_INET6)
            result.addresses.push_back(address_of(*each->ai_addr));
    ::freeaddrinfo(list);
    if (result.addresses.empty()) result.error = "no address";
    return result;
}

/// Outlives the resolver while a thread is in the system's.
struct name_resolver::shared {
    struct job {
        std::string host;
        completion  done;
    };

    std::size_t             most_threads;
    std::size_t             most_waiting;
    lookup                  how;
    std::mutex              mutex;
    std::condition_variable changed;
    std::deque<job>         jobs;
    std::size_t             threads = 0;
    std::size_t             idle    = 0;
    bool                    ends    = false;
};

name_resolver::name_resolver(std::size_t threads, std::size_t waiting, lookup how) : shared_(std::make_shared<shared>())
{
    shared_->most_threads = std::max<std::size_t>(threads, 1);
    shared_->most_waiting = waiting;
    shared_->how          = std::move(how);
}

name_resolver::~name_resolver()
{
    std::deque<shared::job> dropped;
    const std::lock_guard   lock(shared_->mutex);
    shared_->ends = true;
    shared_->jobs.swap(dropped);
    shared_->changed.notify_all();
}

bool name_resolver::resolve(std::string host, completion done)
{
    const std::lock_guard lock(shared_->mutex);
    const bool            at_once = shared_->idle > shared_->jobs.size();
    const bool            grows   = !at_once && shared_->threads < shared_->most_threads;
    if (!at_once && !grows && shared_->jobs.size() >= shared_->most_waiting) return false;
    shared_->jobs.push_back({std::move(host), std::move(done)});
    if (grows) {
        std::thread([with = shared_] { work(with); }).detach();
        ++shared_->threads;
    }
    shared_->changed.notify_one();
    return true;
}

void name_resolver::work(const std::shared_ptr<shared>& with)
{
    std::unique_lock lock(with->mutex);
    for (;;) {
        ++with->idle;
        const bool called = with->changed.wait_for(lock, thread_stays, [&] { return with->ends || !with->jobs.empty(); });
        --with->idle;
        if (!called || with->ends) break;
        auto next = std::move(with->jobs.front());
        with->jobs.pop_front();
        lock.unlock();
        next.done(with->how(next.host));
        next.done = nullptr;
        lock.lock();
    }
    --with->threads;
}

}  // namespace curfew::detail
