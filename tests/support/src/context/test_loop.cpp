#include <curfew/testing/test_loop.hpp>

#include <curfew/detail/loop.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace curfew::testing {

namespace {

std::string_view to_string(curfew::detail::hook_description::kind_type kind)
{
    using enum curfew::detail::hook_description::kind_type;
    switch (kind) {
    case context: return "context";
    case operation: return "operation";
    case callback: return "callback";
    case coroutine: return "coroutine";
    }
    return "?";
}

std::string line(const curfew::detail::hook_description& d)
{
    return std::string(to_string(d.kind)) + " '" + d.name + "' made at " + d.where.file_name() + ":" +
           std::to_string(d.where.line()) + "\n";
}

}  // namespace

test_loop::test_loop(manual_clock& clock) : clock_(clock)
{
    use_clock(io_, clock_);
    root_.emplace(curfew::background(io_));
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
    std::string alive;
    auto        describe = [&](const curfew::detail::hook& h) { alive += line(h.describe()); };
    root_->life().for_each_hook(describe);
    if (alive.empty() && root_->node().references() != 1)
        alive += "a context derived by with_value or without_cancel, or a handle of the root\n";
    if (const auto timers = loop().deadlines().size()) alive += std::to_string(timers) + " armed timers\n";
    return alive;
}

}  // namespace curfew::testing
