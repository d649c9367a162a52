#include "transport_tcp.hpp"
#include "transport_unix.hpp"

#include <curfew/detail/loop.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <system_error>
#include <utility>

using namespace curfew;
using namespace curfew::detail;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

namespace {

struct nobody final : transport_observer {
    void on_ready(readiness) noexcept override {}
};

struct sockets : ::testing::Test {
    curfew::testing::manual_clock clock;
    curfew::testing::test_loop    loop{clock};
    nobody                        observer;
};

}  // namespace

TEST_F(sockets, that_the_kernel_cannot_watch_are_refused)
{
    tcp_stream unopened(tcp_stream::socket_type(loop.io()), true);

    EXPECT_THAT([&] { unopened.watch(observer); }, ThrowsMessage<std::system_error>(HasSubstr("watch a connection: ")));
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
