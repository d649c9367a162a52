#include <curfew/detail/recycled.hpp>

#include <utility>

namespace curfew::detail {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool recycles = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool recycles = false;
#else
constexpr bool recycles = true;
#endif
#else
constexpr bool recycles = true;
#endif

constexpr unsigned char most = 64;

enum class life : unsigned char { before, open, over };
thread_local constinit life state = life::before;

}  // namespace

void recycled::open() noexcept
{
    struct emptying {
        ~emptying()
        {
            state = life::over;
            for (std::size_t at = 0; at < sizes; ++at) {
                cache_.room[at] = 0;
                while (block* const each = cache_.first[at]) {
                    cache_.first[at] = each->next;
                    ::operator delete(each);
                }
            }
        }
    };
    static thread_local const emptying at_the_end_of_the_thread;
    static_cast<void>(at_the_end_of_the_thread);
    state = life::open;
    for (auto& each : cache_.room) each = most;
}

void recycled::give_to_heap(void* memory, std::size_t size) noexcept
{
    // The first block that a thread gives back opens its lists.
    if (recycles && state == life::before && size_class(size) < sizes) {
        open();
        operator delete(memory, size);
        return;
    }
    ::operator delete(memory);
}

}  // namespace curfew::detail
