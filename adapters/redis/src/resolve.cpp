#include "resolve.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>

namespace curfew::redis::detail {

namespace {

struct frees {
    void operator()(addrinfo* found) const noexcept { ::freeaddrinfo(found); }
};

std::pair<boost::system::error_code, endpoints> look_up(const std::string& host, std::uint16_t port)
{
    addrinfo wanted{};
    wanted.ai_family   = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* raw      = nullptr;
    const int failed   = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &raw);
    const std::unique_ptr<addrinfo, frees> found(raw);
    if (failed != 0) return {{failed, boost::asio::error::get_addrinfo_category()}, {}};
    endpoints all;
    for (const auto* each = found.get(); each; each = each->ai_next)
        all.emplace_back(each->ai_addr, each->ai_addrlen, each->ai_protocol);
    return {{}, std::move(all)};
}

/// Never joined: a lookup that takes long must not hold up the end of the program.
boost::asio::thread_pool& threads()
{
    static auto* const two = new boost::asio::thread_pool(2);
    return *two;
}

}  // namespace

void resolve(curfew::detail::loop& on, std::string host, std::uint16_t port,
             std::function<void(boost::system::error_code, endpoints)> found)
{
    on.retain();
    const std::shared_ptr<curfew::detail::loop> loop(&on, [](auto* held) { held->release(); });
    boost::asio::post(threads(), [loop, host = std::move(host), port, found = std::move(found)]() mutable {
        auto result = look_up(host, port);
        loop->post([found = std::move(found), result = std::move(result)]() mutable {
            found(result.first, std::move(result.second));
        });
    });
}

}  // namespace curfew::redis::detail
