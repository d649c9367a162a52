// Counts what the program takes from the heap. For one source file of a program: it replaces operator new.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace curfew_bench {

inline std::size_t allocations = 0;  // one thread measures

}  // namespace curfew_bench

// Not inlined: g++ takes malloc and free in the caller for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size)
{
    ++curfew_bench::allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept
{
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}
