#include "heap_trimmer.hpp"

#include <curfew/detail/loop.hpp>

#include <chrono>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace curfew::detail {

namespace {
constexpr std::size_t many  = 256;  // half a megabyte
constexpr auto        pause = std::chrono::seconds(1);
}  // namespace

heap_trimmer::~heap_trimmer()
{
    loop_.disarm(timer_);
}

void heap_trimmer::rested()
{
    if (++rested_ >= many && !timer_.armed()) loop_.arm(timer_, loop_.now() + pause);
}

void heap_trimmer::on_time(deadline_entry& entry, deadline_event event) noexcept
{
    static_cast<timer&>(entry).owner.rested_ = 0;
    if (event != deadline_event::due) return;
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

}  // namespace curfew::detail
