// The descriptors of a server, and one that the kernel gives no more of.
#include "live_server.hpp"
#include "raw_client.hpp"

#include <curfew/sleep.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace curfew {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;

/// Lets this process open so many descriptors, and not one more, while it lives.
class few_descriptors {
public:
    explicit few_descriptors(int more)
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        for (few.rlim_cur = 0; more != 0; ++few.rlim_cur) more -= ::fcntl(static_cast<int>(few.rlim_cur), F_GETFD) < 0;
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    few_descriptors(const few_descriptors&)            = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

/// The descriptors of connections that were accepted on `port`.
std::vector<int> accepted_on(std::uint16_t port)
{
    std::vector<int> found;
    for (int descriptor = 3; descriptor != 256; ++descriptor) {
        sockaddr_in here{}, there{};
        socklen_t   size = sizeof here, also = sizeof there;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&here), &size) == 0 && here.sin_family == AF_INET &&
            ntohs(here.sin_port) == port && ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&there), &also) == 0)
            found.push_back(descriptor);
    }
    return found;
}

TEST(server_descriptors, are_not_inherited_by_programs_that_handlers_start)
{
    router           routes;
    std::vector<int> flags;
    routes.get("/look", [&](context, request req) {
        const std::string host(req.header("host").value());
        for (const int each : accepted_on(static_cast<std::uint16_t>(std::stoi(host.substr(host.find(':') + 1)))))
            flags.push_back(::fcntl(each, F_GETFD));
        return no_content();
    });
    live_server server(std::move(routes));
    auto        client = server.connect();
    client.send("GET /look HTTP/1.1\r\nHost: " + server.endpoint() + "\r\n\r\n");
    EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 204"));

    EXPECT_THAT(flags, ElementsAre(FD_CLOEXEC));
    EXPECT_EQ(server.stop(), 0);
}

TEST(server_without_descriptors, needs_one_for_each_connection_and_no_other)
{
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer looks at memory through a pipe, and takes it for inaccessible without descriptors";
#endif
    request_log log;
    event       began;
    router      routes;
    routes.use(log.recorder());
    routes.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
    routes.get("/slow", [&](context ctx, request) -> task<response> {
        began.set();
        co_await sleep_for(ctx, 1h);
        co_return no_content();
    });
    live_server server(std::move(routes));

    {
        auto first = server.connect();  // when this is served, the server has opened all that it needs for itself
        first.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
        EXPECT_THAT(first.read_answer(), EndsWith("hello\n"));
    }
    const few_descriptors two(2);  // the client's socket and the server's
    auto                  client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_THAT(client.read_answer(), EndsWith("hello\n"));
    client.send("GET /slow HTTP/1.1\r\nHost: test\r\n\r\n");
    ASSERT_TRUE(began.wait());
    client.finish();

    const auto entries = log.wait_for(3);
    EXPECT_EQ(entries.at(2).record.outcome, outcome::client_gone);
    EXPECT_EQ(entries.at(2).record.why.how(), disconnect_how::fin);
    EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace curfew
