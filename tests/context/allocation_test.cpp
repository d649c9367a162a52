// What deriving costs, counted by an operator new of this program's own.
#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "counted_memory.hpp"
#include "sanitizers.hpp"

#if !CURFEW_SANITIZED

namespace {
using curfew::counted_memory::allocations;
using curfew::counted_memory::live;

void* count_and_allocate(std::size_t size) noexcept
{
    if (curfew::counted_memory::until_failure-- == 0) return nullptr;
    ++allocations;
    ++live;
    return std::malloc(size ? size : 1);
}
void count_and_free(void* memory) noexcept
{
    if (memory) --live;
    std::free(memory);
}
}  // namespace

void* operator new(std::size_t size)
{
    if (void* const memory = count_and_allocate(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return count_and_allocate(size); }
void  operator delete(void* memory) noexcept { count_and_free(memory); }
void  operator delete(void* memory, std::size_t) noexcept { count_and_free(memory); }
void  operator delete(void* memory, const std::nothrow_t&) noexcept { count_and_free(memory); }

namespace curfew {
namespace {

using namespace std::chrono_literals;
using testing::manual_clock;
using testing::test_loop;

constexpr context_key<int> number_key{"number"};

template <class F>
long allocations_of(F f)
{
    const long before = allocations;
    f();
    return allocations - before;
}

TEST(context, costs_one_allocation_to_derive_and_none_to_copy_or_ask)
{
    CURFEW_PROVES("C16");
    manual_clock  clock;
    test_loop     loop(clock);
    const context parent = with_timeout(loop.background(), 1h);

    EXPECT_LE(allocations_of([&] { static_cast<void>(with_cancel(parent)); }), 1);
    EXPECT_LE(allocations_of([&] { static_cast<void>(with_value(parent, number_key, 1)); }), 1);
    EXPECT_LE(allocations_of([&] { static_cast<void>(without_cancel(parent)); }), 1);
    EXPECT_LE(allocations_of([&] { static_cast<void>(with_timeout(parent, 2h)); }), 1);
    EXPECT_EQ(allocations_of([&] {
                  const context copy = parent;
                  static_cast<void>(copy.error());
                  static_cast<void>(copy.done());
                  static_cast<void>(copy.deadline());
                  static_cast<void>(copy.value(number_key));
              }),
              0);
}

TEST(context, derives_a_deadline_with_one_allocation_once_the_loops_heap_has_grown)
{
    CURFEW_PROVES("C16");
    manual_clock           clock;
    test_loop              loop(clock);
    long                   counted = 0;
    std::optional<context> first, second;

    boost::asio::post(loop.io(), [&] {
        first   = with_timeout(loop.background(), 1h);
        first   = with_timeout(loop.background(), 2h);
        counted = allocations_of([&] { second = with_timeout(loop.background(), 3h); });
    });
    loop.run_ready();

    EXPECT_LE(counted, 1);
    first.reset();
    second.reset();
}

TEST(context, takes_nothing_from_the_heap_to_derive_arm_and_cancel_once_its_like_has_come_and_gone)
{
    CURFEW_PROVES("C16");
    manual_clock clock;
    test_loop    loop(clock);
    long         counted = -1;
    const auto   come_and_go = [&] {
        auto source = with_cancel(loop.background(), 1h);
        auto child  = with_value(source.get_context(), number_key, 1);
        source.cancel();
    };

    boost::asio::post(loop.io(), [&] {
        come_and_go();
        counted = allocations_of(come_and_go);
    });
    loop.run_ready();

    EXPECT_EQ(counted, 0);
}

TEST(context, leaves_memory_flat_when_ten_million_children_come_and_go)
{
    CURFEW_PROVES("C13");
    manual_clock clock;
    test_loop    loop(clock);
    static_cast<void>(with_cancel(loop.background()));
    const long before = live;

    for (int i = 0; i < 10'000'000; ++i) static_cast<void>(with_cancel(loop.background()));

    EXPECT_EQ(live, before);
}

}  // namespace
}  // namespace curfew

#endif
