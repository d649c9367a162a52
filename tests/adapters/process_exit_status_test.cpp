#include <curfew/adapters/process/exit_status.hpp>

#include <gtest/gtest.h>

namespace curfew::process {
namespace {

TEST(process_exit_status, is_a_code_or_a_signal)
{
    EXPECT_TRUE(exit_status().success());
    EXPECT_FALSE(exit_status::exited(3).success());
    EXPECT_EQ(exit_status::exited(3).code(), 3);
    EXPECT_EQ(exit_status::exited(3).signal(), std::nullopt);
    EXPECT_EQ(exit_status::killed(15).signal(), 15);
    EXPECT_EQ(exit_status::killed(15).code(), std::nullopt);
}

TEST(process_exit_status, can_be_read)
{
    EXPECT_EQ(exit_status::exited(3).to_string(), "exited with 3");
    EXPECT_EQ(exit_status::killed(15).to_string(), "killed by signal 15 (Terminated)");
}

}  // namespace
}  // namespace curfew::process
