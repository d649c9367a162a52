#include "transport_tcp.hpp"
#include "transport_unix.hpp"

#include "logged_lines.hpp"

#include <curfew/detail/loop.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

using namespace curfew;
using namespace curfew::detail;
using curfew::testing::logged_lines;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

struct nobody final : peer_observer {
    void on_peer_gone(disconnect_how) noexcept override {}
};

struct sockets : ::testing::Test {
    curfew::testing::manual_clock clock;
    curfew::testing::test_loop    loop{clock};
    nobody                        observer;
};

}  // namespace

TEST_F(sockets, that_the_kernel_cannot_watch_are_read_ahead)
{
    logged_lines logged;
    tcp_stream   unopened(tcp_stream::socket_type(loop.io()), true);

    EXPECT_FALSE(unopened.watch(observer));

    EXPECT_THAT(logged.lines, ElementsAre(HasSubstr("watch a connection, which is read ahead instead: ")));
}

TEST_F(sockets, are_listed_from_when_they_were_accepted_until_they_are_closed)
{
    CURFEW_PROVES("L3");
    tcp_stream  tcp(tcp_stream::socket_type(loop.io()), false);
    unix_stream local(unix_stream::socket_type(loop.io()), false);
    auto        moved = std::move(tcp);

    EXPECT_THAT(loop.leaks(), HasSubstr("open socket 'tcp connection' made at "));
    EXPECT_THAT(loop.leaks(), HasSubstr("open socket 'unix connection' made at "));
    moved.close(false);
    local.close(true);

    EXPECT_THAT(loop.leaks(), IsEmpty());
}
