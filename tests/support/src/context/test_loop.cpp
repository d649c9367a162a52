#include <curfew/testing/test_loop.hpp>

#include "leak_report.hpp"

#include <curfew/detail/loop.hpp>

#include <gtest/gtest.h>

namespace curfew::testing {

test_loop::test_loop(manual_clock& clock, std::source_location where) : clock_(clock)
{
    use_clock(io_, clock_);
    root_.emplace(curfew::background(io_, where));
    clock_.loops_.push_back(this);
}

test_loop::~test_loop()
{
    run_ready();
    if (const auto alive = leaks(); !alive.empty()) ADD_FAILURE() << "still alive at the end of the test:\n" << alive;
    std::erase(clock_.loops_, this);
}

detail::loop& test_loop::loop() const noexcept
{
    return root_->life().loop();
}

bool test_loop::run_one()
{
    if (io_.stopped()) io_.restart();
    return io_.poll_one() != 0;
}

void test_loop::run_ready()
{
    while (run_one()) {}
}

std::string test_loop::leaks() const
{
    return describe_leaks(loop(), root_->life());
}

}  // namespace curfew::testing
