// The wall clock of this program can be stepped, through a clock_gettime of its own.
#include <curfew/context.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/proves.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "sanitizers.hpp"

#if !CURFEW_SANITIZED

#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace {
std::atomic<long> wall_offset{0};
}

extern "C" int clock_gettime(clockid_t id, timespec* now) noexcept
{
    const auto result = static_cast<int>(::syscall(SYS_clock_gettime, id, now));
    if (id == CLOCK_REALTIME) now->tv_sec += wall_offset.load();
    return result;
}

namespace curfew {
namespace {

using namespace std::chrono_literals;

TEST(deadline, is_where_it_was_after_the_wall_clock_was_stepped_by_an_hour_either_way)
{
    CURFEW_PROVES("W7");
    for (const long step : {3600L, -3600L}) {
        boost::asio::io_context io(1);
        const auto              far    = with_timeout(background(io), 30min);
        const auto              near   = with_timeout(background(io), 20ms);
        const auto              before = std::chrono::system_clock::now();
        error_code              ended;
        sleep_for(near, 1h, [&](error_code ec) { ended = ec; });
        boost::asio::post(io, [&] { wall_offset = step; });

        io.run_for(5s);

        EXPECT_GT(std::chrono::abs(std::chrono::system_clock::now() - before), 59min);  // the step was seen by others
        EXPECT_EQ(ended, errc::deadline_exceeded);
        EXPECT_FALSE(far.done());
        EXPECT_GT(far.remaining(), 29min);
        EXPECT_LE(far.remaining(), 30min);
        wall_offset = 0;
    }
}

}  // namespace
}  // namespace curfew

#endif
