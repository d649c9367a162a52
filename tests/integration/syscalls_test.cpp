// What the disconnect watch costs, counted by strace.
#include "raw_client.hpp"
#include "syscall_trace.hpp"

#include <curfew/testing/proves.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace curfew {
namespace {

using testing::raw_client;

/// The calls that one connection caused on its socket and on the watch's descriptor.
struct connection_calls {
    std::map<std::string, int> on_socket;
    int                        registered  = 0;  // with the loop and with the watch
    int                        changed     = 0;
    int                        watch_looks = 0;

    int received() const { return count("recvfrom") + count("recvmsg") + count("read"); }
    int sent() const { return count("sendto") + count("sendmsg") + count("write"); }
    int others() const
    {
        int sum = 0;
        for (const auto& [name, calls] : on_socket) sum += calls;
        return sum - received() - sent();
    }

private:
    int count(const std::string& name) const
    {
        const auto found = on_socket.find(name);
        return found == on_socket.end() ? 0 : found->second;
    }
};

connection_calls sort_out(const std::vector<traced_call>& all)
{
    connection_calls sorted;
    const auto accepted = std::ranges::find_if(all, [](const auto& each) { return each.name.starts_with("accept") && each.result >= 0; });
    if (accepted == all.end()) {
        ADD_FAILURE() << "no connection among " << all.size() << " system calls";
        return sorted;
    }
    const int  socket = accepted->result;
    const auto named  = ", " + std::to_string(socket) + ", ";
    int        watch  = -1;
    for (auto each = accepted; each != all.end(); ++each) {
        if (each->name == "epoll_ctl" && each->has(named)) {
            sorted.registered += each->has("EPOLL_CTL_ADD");
            sorted.changed += each->has("EPOLL_CTL_MOD");
            if (each->has("EPOLL_CTL_ADD") && each->has("EPOLLRDHUP")) watch = each->first;
        } else if (each->name.starts_with("epoll_wait") || each->name.starts_with("epoll_pwait")) {
            sorted.watch_looks += each->first == watch;
        } else if (each->first == socket) {
            ++sorted.on_socket[each->name];
        }
        if (each->name == "close" && each->first == socket) break;
    }
    EXPECT_NE(watch, -1) << "the connection is not watched";
    return sorted;
}

/// Serves so many requests, one after the other, on one connection.
connection_calls calls_of(const std::string& example, const std::string& target, int requests)
{
    traced_example server(example);
    {
        raw_client client(server.address());
        for (int i = 0; i != requests; ++i) {
            EXPECT_TRUE(client.send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n"));
            EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200 OK"));
        }
        client.finish();
        EXPECT_EQ(client.read_all(), "");
    }
    return sort_out(server.calls());
}

struct watch : ::testing::Test {
    void SetUp() override
    {
        if (std::getenv("CURFEW_MINIMAL") && shell("command -v strace").exit_code != 0) GTEST_SKIP() << "strace is missing";
    }

    static void expect_only_the_requests_own_calls(const std::string& example, const std::string& target)
    {
        constexpr int requests = 20;
        const auto    one = calls_of(example, target, 1), many = calls_of(example, target, requests);

        EXPECT_EQ(many.sent(), requests);
        EXPECT_LE(many.received(), requests + 1);  // and the end
        EXPECT_EQ(many.registered, 2);
        EXPECT_EQ(many.changed, 0);
        EXPECT_EQ(many.others(), one.others());
        EXPECT_LE(many.watch_looks, requests + 1);  // at bytes, which somebody has to tell of, and at the client's departure
    }
};

TEST_F(watch, costs_no_system_call_for_a_handler_that_waits_for_nothing)
{
    CURFEW_PROVES("D6");
    expect_only_the_requests_own_calls("hello", "/");
}

TEST_F(watch, costs_no_system_call_for_a_handler_that_waits)
{
    CURFEW_PROVES("D6");
    expect_only_the_requests_own_calls("fan_out", "/profile/7?orders_take=1");
}

}  // namespace
}  // namespace curfew
